// 青山市安全生产培训考核证书查询
function qsyjjChaxun(f){
  if(!f.sfzhm.value){ alert("请填写身份证件号码"); return; }
  if(!f.czrxm.value){ alert("请填写持证人姓名"); return; }
  if(!f.pxpch.value){ alert("请填写培训批次号"); return; }
  f.action="/qsyjj/zxfw/zscx/chaxun.do?t="+new Date().getTime(); f.submit();
}
