/* chunk-libs：演示用的最小视图库 */
(function(w){
  w.zsHttp={ get:function(url,params,done){ var q=[],k; for(k in params){ q.push(encodeURIComponent(k)+"="+encodeURIComponent(params[k])); }
    var x=new XMLHttpRequest(); x.open("GET",url+(q.length?"?"+q.join("&"):"")); x.onload=function(){ try{ done(JSON.parse(x.responseText)); }catch(e){ done({code:500,msg:"服务器繁忙，请稍后再试"}); } }; x.onerror=function(){ done({code:500,msg:"网络异常，请检查网络连接"}); }; x.send(); } };
  w.zsMount=function(sel,html){ var n=document.querySelector(sel); n.outerHTML=html; };
})(window);
