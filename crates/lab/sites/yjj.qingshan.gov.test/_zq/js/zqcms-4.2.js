/* 政务站群 ZQ-CMS 4.2 公共脚本 */
function zqRiqi(){ var d=new Date(),w="日一二三四五六"; return d.getFullYear()+"年"+(d.getMonth()+1)+"月"+d.getDate()+"日 星期"+w.charAt(d.getDay()); }
function zqSousuo(f){ if(!f.q.value){ alert("请输入检索关键词"); return false; } return true; }
function zqTab(n,i){ var s=document.querySelectorAll("."+n+" h2 span"),u=document.querySelectorAll("."+n+" ul"),k; for(k=0;k<s.length;k++){ s[k].className=k==i?"on":""; u[k].style.display=k==i?"block":"none"; } }
