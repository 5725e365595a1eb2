var Dt=globalThis,Vt=Dt.ShadowRoot&&(Dt.ShadyCSS===void 0||Dt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Hr=Symbol(),Vn=new WeakMap,at=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==Hr)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Vt&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=Vn.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&Vn.set(t,e))}return e}toString(){return this.cssText}},Wn=r=>new at(typeof r=="string"?r:r+"",void 0,Hr),D=(r,...e)=>{let t=r.length===1?r[0]:e.reduce((n,o,s)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+r[s+1],r[0]);return new at(t,r,Hr)},jn=(r,e)=>{if(Vt)r.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),o=Dt.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=t.cssText,r.appendChild(n)}},Ir=Vt?r=>r:r=>r instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return Wn(t)})(r):r;var{is:xi,defineProperty:vi,getOwnPropertyDescriptor:$i,getOwnPropertyNames:Ei,getOwnPropertySymbols:ki,getPrototypeOf:Si}=Object,Wt=globalThis,Kn=Wt.trustedTypes,_i=Kn?Kn.emptyScript:"",Ti=Wt.reactiveElementPolyfillSupport,lt=(r,e)=>r,Ur={toAttribute(r,e){switch(e){case Boolean:r=r?_i:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,e){let t=r;switch(e){case Boolean:t=r!==null;break;case Number:t=r===null?null:Number(r);break;case Object:case Array:try{t=JSON.parse(r)}catch{t=null}}return t}},Yn=(r,e)=>!xi(r,e),Gn={attribute:!0,type:String,converter:Ur,reflect:!1,useDefault:!1,hasChanged:Yn};Symbol.metadata??=Symbol("metadata"),Wt.litPropertyMetadata??=new WeakMap;var me=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Gn){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(e,n,t);o!==void 0&&vi(this.prototype,e,o)}}static getPropertyDescriptor(e,t,n){let{get:o,set:s}=$i(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Gn}static _$Ei(){if(this.hasOwnProperty(lt("elementProperties")))return;let e=Si(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(lt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(lt("properties"))){let t=this.properties,n=[...Ei(t),...ki(t)];for(let o of n)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,o]of t)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let o=this._$Eu(t,n);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let o of n)t.unshift(Ir(o))}else e!==void 0&&t.push(Ir(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return jn(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,n);if(o!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:Ur).toAttribute(t,n.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let n=this.constructor,o=n._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=n.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Ur;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,n,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),n??=i.getPropertyOptions(e),!((n.hasChanged??Yn)(s,t)||n.useDefault&&n.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:o,wrapped:s},i){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,s]of n){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};me.elementStyles=[],me.shadowRootOptions={mode:"open"},me[lt("elementProperties")]=new Map,me[lt("finalized")]=new Map,Ti?.({ReactiveElement:me}),(Wt.reactiveElementVersions??=[]).push("2.1.2");var zr=globalThis,Zn=r=>r,jt=zr.trustedTypes,Xn=jt?jt.createPolicy("lit-html",{createHTML:r=>r}):void 0,qr="$lit$",ge=`lit$${Math.random().toFixed(9).slice(2)}$`,Pr="?"+ge,Ai=`<${Pr}>`,ze=document,ct=()=>ze.createComment(""),ut=r=>r===null||typeof r!="object"&&typeof r!="function",Dr=Array.isArray,no=r=>Dr(r)||typeof r?.[Symbol.iterator]=="function",Fr=`[ 	
\f\r]`,dt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Qn=/-->/g,Jn=/>/g,Ue=RegExp(`>|${Fr}(?:([^\\s"'>=/]+)(${Fr}*=${Fr}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),eo=/'/g,to=/"/g,oo=/^(?:script|style|textarea|title)$/i,Vr=r=>(e,...t)=>({_$litType$:r,strings:e,values:t}),f=Vr(1),V=Vr(2),Sd=Vr(3),ye=Symbol.for("lit-noChange"),y=Symbol.for("lit-nothing"),ro=new WeakMap,Fe=ze.createTreeWalker(ze,129);function so(r,e){if(!Dr(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Xn!==void 0?Xn.createHTML(e):e}var io=(r,e)=>{let t=r.length-1,n=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=dt;for(let a=0;a<t;a++){let l=r[a],d,c,u=-1,h=0;for(;h<l.length&&(i.lastIndex=h,c=i.exec(l),c!==null);)h=i.lastIndex,i===dt?c[1]==="!--"?i=Qn:c[1]!==void 0?i=Jn:c[2]!==void 0?(oo.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=Ue):c[3]!==void 0&&(i=Ue):i===Ue?c[0]===">"?(i=o??dt,u=-1):c[1]===void 0?u=-2:(u=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?Ue:c[3]==='"'?to:eo):i===to||i===eo?i=Ue:i===Qn||i===Jn?i=dt:(i=Ue,o=void 0);let p=i===Ue&&r[a+1].startsWith("/>")?" ":"";s+=i===dt?l+Ai:u>=0?(n.push(d),l.slice(0,u)+qr+l.slice(u)+ge+p):l+ge+(u===-2?a:p)}return[so(r,s+(r[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},ht=class r{constructor({strings:e,_$litType$:t},n){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[d,c]=io(e,t);if(this.el=r.createElement(d,n),Fe.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(o=Fe.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let u of o.getAttributeNames())if(u.endsWith(qr)){let h=c[i++],p=o.getAttribute(u).split(ge),w=/([.?@])?(.*)/.exec(h);l.push({type:1,index:s,name:w[2],strings:p,ctor:w[1]==="."?Gt:w[1]==="?"?Yt:w[1]==="@"?Zt:Pe}),o.removeAttribute(u)}else u.startsWith(ge)&&(l.push({type:6,index:s}),o.removeAttribute(u));if(oo.test(o.tagName)){let u=o.textContent.split(ge),h=u.length-1;if(h>0){o.textContent=jt?jt.emptyScript:"";for(let p=0;p<h;p++)o.append(u[p],ct()),Fe.nextNode(),l.push({type:2,index:++s});o.append(u[h],ct())}}}else if(o.nodeType===8)if(o.data===Pr)l.push({type:2,index:s});else{let u=-1;for(;(u=o.data.indexOf(ge,u+1))!==-1;)l.push({type:7,index:s}),u+=ge.length-1}s++}}static createElement(e,t){let n=ze.createElement("template");return n.innerHTML=e,n}};function qe(r,e,t=r,n){if(e===ye)return e;let o=n!==void 0?t._$Co?.[n]:t._$Cl,s=ut(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(r),o._$AT(r,t,n)),n!==void 0?(t._$Co??=[])[n]=o:t._$Cl=o),o!==void 0&&(e=qe(r,o._$AS(r,e.values),o,n)),e}var Kt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,o=(e?.creationScope??ze).importNode(t,!0);Fe.currentNode=o;let s=Fe.nextNode(),i=0,a=0,l=n[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new Je(s,s.nextSibling,this,e):l.type===1?d=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(d=new Xt(s,this,e)),this._$AV.push(d),l=n[++a]}i!==l?.index&&(s=Fe.nextNode(),i++)}return Fe.currentNode=ze,o}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},Je=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,o){this.type=2,this._$AH=y,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=qe(this,e,t),ut(e)?e===y||e==null||e===""?(this._$AH!==y&&this._$AR(),this._$AH=y):e!==this._$AH&&e!==ye&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):no(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==y&&ut(this._$AH)?this._$AA.nextSibling.data=e:this.T(ze.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,o=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=ht.createElement(so(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new Kt(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=ro.get(e.strings);return t===void 0&&ro.set(e.strings,t=new ht(e)),t}k(e){Dr(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,o=0;for(let s of e)o===t.length?t.push(n=new r(this.O(ct()),this.O(ct()),this,this.options)):n=t[o],n._$AI(s),o++;o<t.length&&(this._$AR(n&&n._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=Zn(e).nextSibling;Zn(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},Pe=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,o,s){this.type=1,this._$AH=y,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=y}_$AI(e,t=this,n,o){let s=this.strings,i=!1;if(s===void 0)e=qe(this,e,t,0),i=!ut(e)||e!==this._$AH&&e!==ye,i&&(this._$AH=e);else{let a=e,l,d;for(e=s[0],l=0;l<s.length-1;l++)d=qe(this,a[n+l],t,l),d===ye&&(d=this._$AH[l]),i||=!ut(d)||d!==this._$AH[l],d===y?e=y:e!==y&&(e+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(e)}j(e){e===y?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Gt=class extends Pe{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===y?void 0:e}},Yt=class extends Pe{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==y)}},Zt=class extends Pe{constructor(e,t,n,o,s){super(e,t,n,o,s),this.type=5}_$AI(e,t=this){if((e=qe(this,e,t,0)??y)===ye)return;let n=this._$AH,o=e===y&&n!==y||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,s=e!==y&&(n===y||o);o&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Xt=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){qe(this,e)}},ao={M:qr,P:ge,A:Pr,C:1,L:io,R:Kt,D:no,V:qe,I:Je,H:Pe,N:Yt,U:Zt,B:Gt,F:Xt},Ri=zr.litHtmlPolyfillSupport;Ri?.(ht,Je),(zr.litHtmlVersions??=[]).push("3.3.3");var lo=(r,e,t)=>{let n=t?.renderBefore??e,o=n._$litPart$;if(o===void 0){let s=t?.renderBefore??null;n._$litPart$=o=new Je(e.insertBefore(ct(),s),s,void 0,t??{})}return o._$AI(r),o};var Wr=globalThis,I=class extends me{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=lo(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return ye}};I._$litElement$=!0,I.finalized=!0,Wr.litElementHydrateSupport?.({LitElement:I});var Bi=Wr.litElementPolyfillSupport;Bi?.({LitElement:I});(Wr.litElementVersions??=[]).push("4.2.2");var co={title:r=>`Power at ${r}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:r=>`Connection lost. Trying again in ${r} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",unreadable:(r,e)=>`The server's ${r} message cannot be read: ${e}`},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(r,e)=>`${r} of ${e} online`,islanded:r=>`${r} islanded`,partial:"of known flats",atLeast:r=>`≥ ${r}`,latency:"Delay (median/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"This slot",slotEnds:r=>`${r} left`},picture:{heading:"Power flow",label:r=>`Power flow of the building: ${r} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:r=>`${r}F`,flat:r=>`Flat ${r}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:r=>`Last settled slot, ${r}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:r=>`Energy of the last ${r} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:r=>`Missing: ${r}`,loss:"Losses",common:"Common parts",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:r=>`Check record ${r} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(r,e)=>`${r} entries in ${e} ms`,verifiedRest:(r,e,t)=>`${r} entries (now the last ${e}, in ${t} ms)`,verifiedSame:r=>`${r} entries, unchanged since the check before`,continues:r=>`and they continue the ${r} verified before`,waiting:"Not yet verified",checking:(r,e)=>`Verifying ${r} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(r,e)=>`Verification has failed ${r} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:r=>`Record concerned: number ${r}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(r,e,t)=>`${r} of ${e} flats have signed this head, ${t} needed`,outside:(r,e,t)=>`${r} of ${e} outside witnesses have signed, ${t} needed`,quorum:(r,e)=>`Quorum since ${r} for ${e} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:r=>`The newest head has waited ${r} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(r,e)=>`No new quorum since ${r}; the newest head has waited ${e}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:r=>`A signature given out under the name of ${r} is not theirs. Keep this page as it is, and tell the manager.`,unread:r=>`Not checked here, as this page cannot compute its kind of signature: ${r}`,unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(r,e,t)=>`${r} copies, ${e} of them with all ${t} entries`,behind:r=>`: ${r} behind`,comma:", "},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",before:"Not checked, as an earlier step has failed."},place:(r,e)=>`Number ${r} of ${e} entries (counted from 0)`,flats:(r,e,t)=>`${r} of ${e} flats, ${t} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},notHere:"Not checked here: the device's own signature. The log checked it before it took the record; local-vpp etp verify does so again.",says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",imported:"Import register",exported:"Export register",meter:"Meter",remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},lasting:{minutes:r=>`${r} min`,hours:r=>`${r} h`,days:r=>`${r} days`},age:{seconds:r=>`${r} s ago`,minutes:r=>`${r} min ago`,hours:r=>`${r} h ago`,days:r=>`${r} days ago`},duration:(r,e)=>`${r} min ${e} s`,yen:"yen"};var ft=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}wattHours(e){return`${this.number(e)} Wh`}scaled(e,t){if(e===null)return this.messages.unknown;let n=Math.abs(e);return n<999.5?`${this.number(n)} ${t}`:`${this.number(n/1e3,n<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}moment(e,t){let n=this.day.format(e);return n===this.day.format(t)?this.time(e):`${n} ${this.time(e)}`}slot(e,t,n){return`${this.moment(e*1e3,n)}–${this.time((e+t)*1e3)}`}period(e,t){let n=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[n.format(e),n.format(t)];return`${s} ${o.format(e)}–${s===i?"":`${i} `}${o.format(t)}`}lasting(e){let{lasting:t}=this.messages,n=Math.max(1,Math.floor(e/6e4));return n<120?t.minutes(this.number(n)):n<2880?t.hours(this.number(n/60)):t.days(this.number(n/1440))}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,n=Math.max(0,e/1e3);return n<9.95?t.seconds(this.number(n,1)):n<99.5?t.seconds(this.number(n)):n<99.5*60?t.minutes(this.number(n/60)):n<48*3600?t.hours(this.number(n/3600)):t.days(this.number(n/86400))}};var uo={title:r=>`${r}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:r=>`接続が切れました。${r} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",unreadable:(r,e)=>`サーバーからの ${r} を読み取れません: ${e}`},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(r,e)=>`${r} / ${e} 戸 受信中`,islanded:r=>`${r} 戸が自立運転`,partial:"届いた値の合計",atLeast:r=>`${r} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"このコマ",slotEnds:r=>`残り ${r}`},picture:{heading:"電力の流れ",label:r=>`建物の電力の流れ。住戸 ${r} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:r=>`${r}F`,flat:r=>`${r} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:r=>`前回精算したコマ ${r}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:r=>`精算済みの直近 ${r} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:r=>`未着: ${r}`,loss:"損失",common:"共用部",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:r=>`番号 ${r} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(r,e)=>`${r} 件を ${e} ms で検証`,verifiedRest:(r,e,t)=>`${r} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:r=>`${r} 件。前回の検証から変わりありません`,continues:r=>`前に確かめた ${r} 件の続きであることも確認`,waiting:"検証前",checking:(r,e)=>`検証中 ${r} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(r,e)=>`この画面を開いてから ${r} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:r=>`該当する記録: 番号 ${r}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(r,e,t)=>`最新の状態に ${e} 戸中 ${r} 戸が連署(必要数 ${t} 戸)`,outside:(r,e,t)=>`外部の連署者 ${e} 者中 ${r} 者が連署(必要数 ${t} 者)`,quorum:(r,e)=>`${r} に ${e} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:r=>`最新の状態への連署が、${r}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(r,e)=>`${r} を最後に、連署が定足数に達していません(最新の状態は ${e}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:r=>`${r}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:r=>`この画面では計算できない方式の署名のため、未検証: ${r}`,unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(r,e,t)=>`ミラー ${r} か所、うち ${e} か所が全 ${t} 件を保持`,behind:r=>`: ${r} 件遅れ`,comma:"、"},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",before:"前の段階が不合格のため、確認していません。"},place:(r,e)=>`番号 ${r}(0 から数えて)/ 全 ${e} 件`,flats:(r,e,t)=>`${e} 戸中 ${r} 戸(必要数 ${t} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},notHere:"機器自身の署名は、この画面では検証していません(ログが受け付けるときに検証済み。local-vpp etp verify で再検証できます)。",says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},lasting:{minutes:r=>`${r} 分`,hours:r=>`${r} 時間`,days:r=>`${r} 日`},age:{seconds:r=>`${r} 秒前`,minutes:r=>`${r} 分前`,hours:r=>`${r} 時間前`,days:r=>`${r} 日前`},duration:(r,e)=>`${r} 分 ${e} 秒`,yen:"円"};var ho="local-vpp.language",Mi={ja:uo,en:co};function Oi(r,e){return r==="ja"||r==="en"?r:e.map(n=>n.slice(0,2)).find(n=>n==="ja"||n==="en")==="en"?"en":"ja"}var jr=class extends EventTarget{constructor(){super(...arguments);this.language=Oi(Li(),navigator.languages)}get messages(){return Mi[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(ho,t)}catch{}this.dispatchEvent(new Event("change"))}};function Li(){try{return localStorage.getItem(ho)}catch{return null}}var ee=new jr,W=class{constructor(e){this.host=e;this.format=new ft(ee.language,ee.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return ee.messages}get f(){return this.format.language!==ee.language&&(this.format=new ft(ee.language,ee.messages)),this.format}hostConnected(){ee.addEventListener("change",this.changed)}hostDisconnected(){ee.removeEventListener("change",this.changed)}};var g=class extends Error{constructor(t,n,o=null){super(n);this.code=t;this.index=o;this.name="LogError"}},te=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},re=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var we=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},j=(r,e)=>{if(typeof r!="string")throw je(r,e,"a text");return r},Kr=(r,e)=>{if(typeof r!="boolean")throw je(r,e,"true or false");return r},K=(r,e)=>{if(typeof r!="number"||!Number.isFinite(r))throw je(r,e,"a number");return r},F=(r,e)=>{if(!Number.isSafeInteger(r))throw je(r,e,"an integer");return r},ne=(r,e)=>{if(F(r,e)<0)throw je(r,e,"an integer from 0");return r};function _(r){return(e,t)=>e===null?null:r(e,t)}var fo=new WeakSet;function De(r){let e=(t,n)=>t==null?null:r(t,n);return fo.add(e),e}function Ve(r){return(e,t)=>{if(!Array.isArray(e))throw je(e,t,"a list");return e.map((n,o)=>r(n,`${t}[${o}]`))}}function po(r){return(e,t)=>{let n=Object.entries(mo(e,t));return Object.fromEntries(n.map(([o,s])=>[o,r(s,`${t}.${o}`)]))}}function ie(r){let e=Object.keys(r);return(t,n)=>{let o=mo(t,n),s={};for(let i of e){if(!(i in o)&&!fo.has(r[i]))throw new we(`${n}.${i} is missing`);s[i]=r[i](o[i],`${n}.${i}`)}return s}}function We(r,e,t){let n;try{n=JSON.parse(e)}catch{throw new we(`${t} is not JSON`)}return r(n,t)}function mo(r,e){if(typeof r!="object"||r===null||Array.isArray(r))throw je(r,e,"an object");return r}function je(r,e,t){let n=r===void 0?"nothing":JSON.stringify(r).slice(0,60);return new we(`${e} is ${n}, expected ${t}`)}var be=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Jt(r,e){let t=await Yr(r,"default");if(t.status===401||t.status===403)throw new be(`${r}: ${t.status}`);if(!t.ok)throw new te(`${r}: HTTP ${t.status}`);return We(e,await t.text(),r)}async function Gr(r){let e=await Yr(r,"no-store");if(e.status===401||e.status===403)throw new be(`${r}: ${e.status}`);return go(e,r)}var Qt=class{async read(e){let t=await Yr(`log/${e}`,"no-store");return go(t,`log/${e}`)}};async function go(r,e){if(r.status===404||r.status===410)throw new re(e);if(!r.ok)throw new te(`${e}: HTTP ${r.status}`);return new Uint8Array(await r.arrayBuffer())}async function Yr(r,e){try{return await fetch(r,{cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4)})}catch(t){throw new te(`${r}: ${t instanceof Error?t.message:String(t)}`)}}var yo=ie({name:j,origin:j,version:j,fingerprint:j,log_key:j,slot_seconds:ne}),Ni=ie({flat:j,device:_(j),online:Kr,age_ms:_(K),grid_w:_(K),pv_w:_(K),battery_w:_(K),soc:_(K),frequency_hz:_(K),import_wh:_(F),export_wh:_(F),islanded:_(Kr),fingerprint:_(j)}),Ci=ie({flat:_(j),size:ne,signed_ms:K}),wo={cosigners:De(ne),witnesses:De(ne),needed:De(ne),quorum_size:De(ne),quorum_ms:De(K),mirrors:De(Ve(Ci))},bo=ie({time_ms:K,building:ie({bulk_w:_(K),common_w:_(K),frequency_hz:_(K),import_wh:_(F),export_wh:_(F)}),flats:Ve(Ni),latency_ms:_(ie({p50:_(K),p99:_(K),frames:ne})),...wo}),Hi=ie({index:ne,hash:j,time_ms:K,device:j,flat:_(j),kind:j,slot:F,seq:ne,sender:_(j),receiver:_(j),energy_wh:_(F),sources:_(po(F)),frequency_hz:_(K),start_ms:_(K),end_ms:_(K)}),er=Ve(Hi),xo=ie({size:ne,root:j,origin:j,checkpoint:j,time_ms:_(K),...wo}),Ii=ie({flat:_(j),import_wh:F,export_wh:F,shared_in_wh:F,shared_out_wh:F,inside_money:F,grid_money:F}),Zr=ie({slot:F,seconds:ne,settled_ms:K,shared_wh:F,import_wh:F,export_wh:F,bulk_import_wh:_(F),bulk_export_wh:_(F),common_wh:_(F),loss_wh:_(F),building_money:_(F),missing:Ve(j),flats:Ve(Ii)}),vo=Ve(Zr);var Ui=1e4,Fi=1e3,zi=3e4;function qi(r,e){return Math.min(zi,Fi*2**(r-1))*(.75+.25*e)}var tr=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(t){this.handlers.isFinal(t)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry()),this.listen(e,"state",t=>{this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(We(bo,t,"state"))}),this.listen(e,"records",t=>this.handlers.records(We(er,t,"records"))),this.listen(e,"head",t=>this.handlers.head(We(xo,t,"head"))),this.listen(e,"slot",t=>this.handlers.slot(We(Zr,t,"slot")))}listen(e,t,n){e.addEventListener(t,o=>{try{n(o.data)}catch(s){if(!(s instanceof we))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),Ui)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=qi(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};var rr=BigInt(4294967295),$o=BigInt(32);function Pi(r,e=!1){return e?{h:Number(r&rr),l:Number(r>>$o&rr)}:{h:Number(r>>$o&rr)|0,l:Number(r&rr)|0}}function Eo(r,e=!1){let t=r.length,n=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=Pi(r[s],e);[n[s],o[s]]=[i,a]}return[n,o]}var Di=r=>r/2**32|0,Vi=r=>r>>>0;function ko(r,e,t,n){let o=Di(t),s=Vi(t);r.setUint32(e,n?s:o,n),r.setUint32(e+4,n?o:s,n)}var Xr=(r,e,t)=>r>>>t,Qr=(r,e,t)=>r<<32-t|e>>>t,Ke=(r,e,t)=>r>>>t|e<<32-t,Ge=(r,e,t)=>r<<32-t|e>>>t,pt=(r,e,t)=>r<<64-t|e>>>t-32,mt=(r,e,t)=>r>>>t-32|e<<64-t;function ue(r,e,t,n){let o=(e>>>0)+(n>>>0);return{h:r+t+(o/2**32|0)|0,l:o|0}}var So=(r,e,t)=>(r>>>0)+(e>>>0)+(t>>>0),_o=(r,e,t,n)=>e+t+n+(r/2**32|0)|0,To=(r,e,t,n)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0),Ao=(r,e,t,n,o)=>e+t+n+o+(r/2**32|0)|0,Ro=(r,e,t,n,o)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0)+(o>>>0),Bo=(r,e,t,n,o,s)=>e+t+n+o+s+(r/2**32|0)|0;function nr(r){return r instanceof Uint8Array||ArrayBuffer.isView(r)&&r.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in r&&r.BYTES_PER_ELEMENT===1}var Jr=r=>r?`"${r}" `:"";function gt(r,e=""){if(typeof r!="number")throw new TypeError(Jr(e)+"expected number, got "+typeof r);if(!Number.isSafeInteger(r)||r<0)throw new RangeError(Jr(e)+"expected integer >= 0, got "+r);return r}function he(r,e,t=""){if(nr(r)&&(e===void 0||r.length===e))return r;e!==void 0&&gt(e,"length");let n=nr(r),o=e!==void 0?` of length ${e}`:"",s=n?`length=${r.length}`:`type=${typeof r}`,i=Jr(t)+"expected Uint8Array"+o+", got "+s;throw n?new RangeError(i):new TypeError(i)}var ji=(r,e)=>{if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof r)},Mo=(r,e)=>{ji(r,e);let t=Object.getPrototypeOf(r);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(r,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function en(r,e=!0){if(r.destroyed)throw new Error("hash was destroyed");if(e&&r.finished)throw new Error("digest() was already called")}function Lo(r,e){he(r,void 0,"output");let t=e.outputLen;if(!(r.length>=t))throw new RangeError('"output" expected length >= '+t)}function yt(...r){for(let e=0;e<r.length;e++)r[e].fill(0)}function or(r){return new DataView(r.buffer,r.byteOffset,r.byteLength)}function ae(r,e){return r<<32-e|r>>>e}var No=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",Ki=Array.from({length:256},(r,e)=>e.toString(16).padStart(2,"0"));function sr(r){if(he(r),No)return r.toHex();let e="";for(let t=0;t<r.length;t++)e+=Ki[r[t]];return e}function Oo(r){return r>=48&&r<=57?r-48:r>=65&&r<=70?r-55:r>=97&&r<=102?r-87:void 0}function ir(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);if(No)try{return Uint8Array.fromHex(r)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=r.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let n=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Oo(r.charCodeAt(s)),a=Oo(r.charCodeAt(s+1));if(i===void 0||a===void 0){let l=r[s]+r[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}n[o]=i*16+a}return n}function tn(...r){let e=0;for(let n=0;n<r.length;n++){let o=r[n];he(o),e+=o.length}let t=new Uint8Array(e);for(let n=0,o=0;n<r.length;n++){let s=r[n];t.set(s,o),o+=s.length}return t}function Gi(r,e,t="opts"){return Mo(r,"defaults"),e!==void 0&&Mo(e,t),Object.assign(Object.create(null),r,e)}function rn(r,e={}){if(typeof r!="function")throw new TypeError('"hashCons" expected function, got type='+typeof r);e=Gi({},e,"info");let t=(o,s)=>r(s).update(o).digest(),n=r(void 0);return t.outputLen=n.outputLen,t.blockLen=n.blockLen,t.canXOF=n.canXOF,t.create=o=>r(o),Object.assign(t,e),Object.freeze(t)}function Co(r=32){gt(r,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(r>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${r}`);return e.getRandomValues(new Uint8Array(r))}var nn=r=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,r])});function Ho(r,e,t){return r&e^~r&t}function Io(r,e,t){return r&e^r&t^e&t}var wt=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,n,o){this.blockLen=e,this.outputLen=t,this.padOffset=n,this.isLE=o,this.buffer=new Uint8Array(e),this.view=or(this.buffer)}update(e){en(this),he(e);let{view:t,buffer:n,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=or(e);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}n.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){en(this),Lo(e,this),this.finished=!0;let{buffer:t,view:n,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(n,0),t.fill(0)),ko(n,o-8,this.length*8,s),this.process(n,0),this.roundClean();let a=e===t?n:or(e),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let u=0;u<d;u++)a.setUint32(4*u,c[u],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let n=e.slice(0,t);return this.destroy(),n}_cloneIntoMeta(e){let{buffer:t,length:n,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=n,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},Uo=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var Fo=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var Yi=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),_e=new Uint32Array(64),on=class extends wt{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:n,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,n,o,s,i,a,l]}set(e,t,n,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=n|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let u=0;u<16;u++,t+=4)_e[u]=e.getUint32(t,!1);for(let u=16;u<64;u++){let h=_e[u-15],p=_e[u-2],w=ae(h,7)^ae(h,18)^h>>>3,b=ae(p,17)^ae(p,19)^p>>>10;_e[u]=b+_e[u-7]+w+_e[u-16]|0}let{A:n,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let u=0;u<64;u++){let h=ae(a,6)^ae(a,11)^ae(a,25),p=c+h+Ho(a,l,d)+Yi[u]+_e[u]|0,b=(ae(n,2)^ae(n,13)^ae(n,22))+Io(n,o,s)|0;c=d,d=l,l=a,a=i+p|0,i=s,s=o,o=n,n=p+b|0}n=n+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(n,o,s,i,a,l,d,c)}roundClean(){yt(_e)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),yt(this.buffer)}},sn=class extends on{constructor(){super(32,Uo)}};var zo=Eo(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(r=>BigInt(r))),Zi=zo[0],Xi=zo[1],Te=new Uint32Array(80),Ae=new Uint32Array(80),an=class extends wt{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:n,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:u,Fl:h,Gh:p,Gl:w,Hh:b,Hl:E}=this;return[e,t,n,o,s,i,a,l,d,c,u,h,p,w,b,E]}set(e,t,n,o,s,i,a,l,d,c,u,h,p,w,b,E){this.Ah=e|0,this.Al=t|0,this.Bh=n|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=u|0,this.Fl=h|0,this.Gh=p|0,this.Gl=w|0,this.Hh=b|0,this.Hl=E|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let m=0;m<16;m++,t+=4)Te[m]=e.getUint32(t),Ae[m]=e.getUint32(t+=4);for(let m=16;m<80;m++){let v=Te[m-15]|0,$=Ae[m-15]|0,L=Ke(v,$,1)^Ke(v,$,8)^Xr(v,$,7),q=Ge(v,$,1)^Ge(v,$,8)^Qr(v,$,7),O=Te[m-2]|0,k=Ae[m-2]|0,B=Ke(O,k,19)^pt(O,k,61)^Xr(O,k,6),C=Ge(O,k,19)^mt(O,k,61)^Qr(O,k,6),M=To(q,C,Ae[m-7],Ae[m-16]),H=Ao(M,L,B,Te[m-7],Te[m-16]);Te[m]=H|0,Ae[m]=M|0}let{Ah:n,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:u,El:h,Fh:p,Fl:w,Gh:b,Gl:E,Hh:R,Hl:A}=this;for(let m=0;m<80;m++){let v=Ke(u,h,14)^Ke(u,h,18)^pt(u,h,41),$=Ge(u,h,14)^Ge(u,h,18)^mt(u,h,41),L=u&p^~u&b,q=h&w^~h&E,O=Ro(A,$,q,Xi[m],Ae[m]),k=Bo(O,R,v,L,Zi[m],Te[m]),B=O|0,C=Ke(n,o,28)^pt(n,o,34)^pt(n,o,39),M=Ge(n,o,28)^mt(n,o,34)^mt(n,o,39),H=n&s^n&a^s&a,x=o&i^o&l^i&l;R=b|0,A=E|0,b=p|0,E=w|0,p=u|0,w=h|0,{h:u,l:h}=ue(d|0,c|0,k|0,B|0),d=a|0,c=l|0,a=s|0,l=i|0,s=n|0,i=o|0;let T=So(B,M,x);n=_o(T,k,C,H),o=T|0}({h:n,l:o}=ue(this.Ah|0,this.Al|0,n|0,o|0)),{h:s,l:i}=ue(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=ue(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=ue(this.Dh|0,this.Dl|0,d|0,c|0),{h:u,l:h}=ue(this.Eh|0,this.El|0,u|0,h|0),{h:p,l:w}=ue(this.Fh|0,this.Fl|0,p|0,w|0),{h:b,l:E}=ue(this.Gh|0,this.Gl|0,b|0,E|0),{h:R,l:A}=ue(this.Hh|0,this.Hl|0,R|0,A|0),this.set(n,o,s,i,a,l,d,c,u,h,p,w,b,E,R,A)}roundClean(){yt(Te,Ae)}destroy(){this.destroyed=!0,yt(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},ln=class extends an{constructor(){super(64,Fo)}};var ar=rn(()=>new sn,nn(1));var dn=rn(()=>new ln,nn(3));function dr(r,e,t=()=>{}){if(!Array.isArray(r))throw new TypeError(`"${e}" expected array, got type=${typeof r}`);for(let n=0;n<r.length;n++)t(r[n],`${e}[${n}]`);return r}var Q=(r,e,t)=>he(r,e,t),cn=gt;function Re(r,e="object"){if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof r}`);return r}function Ye(r,e){if(typeof r!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof r}`);return r}var Po=sr,un=(...r)=>tn(...r),Do=r=>ir(r),bt=nr,hn=r=>Co(r),lr=BigInt(0),qo=BigInt(1),Qi=r=>r?`"${r}" `:"";function xe(r,e=""){if(typeof r!="boolean")throw new TypeError(Qi(e)+"expected boolean, got type="+typeof r);return r}function Ji(r){if(typeof r=="bigint"){if(!Be(r))throw new RangeError("positive bigint expected, got "+r)}else cn(r);return r}function et(r,e=""){if(typeof r!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof r)}if(!Number.isSafeInteger(r)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+r)}}function Vo(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);return r===""?lr:BigInt("0x"+r)}function cr(r){return Vo(sr(r))}function tt(r){return Vo(sr(xt(he(r)).reverse()))}function fn(r,e){if(gt(e),e===0)throw new Error("zero output length is invalid");r=Ji(r);let t=e*2,n=r.toString(16);if(n.length>t)throw new RangeError("number is too large");return ir(n.padStart(t,"0"))}function Wo(r,e){return fn(r,e).reverse()}function xt(r){return Uint8Array.from(Q(r))}function Be(r){return typeof r=="bigint"&&lr<=r}function pn(r,e,t){return Be(r)&&Be(e)&&Be(t)&&e<=r&&r<t}function mn(r,e,t,n){if(!pn(e,t,n))throw new RangeError("expected valid "+r+": "+t+" <= n < "+n+", got "+e)}function gn(r){if(r<lr)throw new Error("expected non-negative bigint, got "+r);return r===lr?0:r.toString(2).length}var jo=r=>(et(r,"n"),(qo<<BigInt(r))-qo);function Me(r,e={},t={},n="object"){Re(r,n),Re(e,"fields"),Re(t,"optFields");function o(i,a,l){let d=n==="object"?`param "${String(i)}"`:`"${n}.${String(i)}"`,c=r[i];if(!Object.hasOwn(r,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let u=typeof c;if(u!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${u}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(e,!1),s(t,!0)}var Z=BigInt(0),z=BigInt(1),Ze=BigInt(2),Yo=BigInt(3),yn=BigInt(4),Zo=BigInt(5),ea=BigInt(7),Xo=BigInt(8),ta=BigInt(9),ra=BigInt(15),Qo=BigInt(16),na=BigInt("0x10000000000000000");function G(r,e){if(e<=Z)throw new Error("mod: expected positive modulus, got "+e);let t=r%e;return t>=Z?t:e+t}function oa(r,e,t){if(t<=z)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<Z)throw new Error("invalid exponent, negatives unsupported");if(e===Z)return z;if(e===z)return r;let n=r%t;if(n<Z&&(n+=t),e<na){let a=z;for(;e>Z;)e&z&&(a=a*n%t),n=n*n%t,e>>=z;return a}let o=[];for(;e>Z;)o.push(Number(e&ra)),e>>=yn;let s=new Array(16);s[0]=z,s[1]=n;for(let a=2;a<16;a++)s[a]=s[a-1]*n%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function le(r,e,t){if(t<=z)throw new Error("pow2: expected modulus > 1, got "+t);if(e<Z)throw new Error("pow2: expected non-negative exponent, got "+e);let n=r;for(;e-- >Z;)n*=n,n%=t;return n}function Ko(r,e){if(r===Z)throw new Error("invert: expected non-zero number");if(e<=z)throw new Error("invert: expected modulus > 1, got "+e);let t=G(r,e),n=e,o=Z,s=z;for(;t!==Z;){let a=n/t,l=n-t*a,d=o-s*a;n=t,t=l,o=s,s=d}if(n!==z)throw new Error("invert: does not exist");return G(o,e)}function wn(r,e,t){let n=r;if(!n.eql(n.sqr(e),t))throw new Error("Cannot find square root")}function bn(r,e){if((r&z)===Z)throw new Error(e+": expected odd modulus, got "+r)}function Jo(r,e){let t=r,n=(t.ORDER+z)/yn,o=t.pow(e,n);return wn(t,o,e),o}function sa(r,e){let t=r,n=(t.ORDER-Zo)/Xo,o=t.mul(e,Ze),s=t.pow(o,n),i=t.mul(e,s),a=t.mul(t.mul(i,Ze),s),l=t.mul(i,t.sub(a,t.ONE));return wn(t,l,e),l}function ia(r){let e=fr(r),t=es(r),n=t(e,e.neg(e.ONE)),o=t(e,n),s=t(e,e.neg(n)),i=(r+ea)/Qo;return((a,l)=>{let d=a,c=d.pow(l,i),u=d.mul(c,n),h=d.mul(c,o),p=d.mul(c,s),w=d.eql(d.sqr(u),l),b=d.eql(d.sqr(h),l);c=d.cmov(c,u,w),u=d.cmov(p,h,b);let E=d.eql(d.sqr(u),l),R=d.cmov(c,u,E);return wn(d,R,l),R})}function es(r){if(r<Yo)throw new Error("sqrt is not defined for small field");bn(r,"tonelliShanks");let e=r-z,t=0;for(;e%Ze===Z;)e/=Ze,t++;let n=Ze,o=fr(r);for(;vt(o,n)===1;)if(n++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return Jo;let s=o.pow(n,e),i=(e+z)/Ze;return function(l,d){let c=l;if(c.is0(d))return d;if(vt(c,d)!==1)throw new Error("Cannot find square root");let u=t,h=c.mul(c.ONE,s),p=c.pow(d,e),w=c.pow(d,i);for(;!c.eql(p,c.ONE);){if(c.is0(p))throw new Error("Cannot find square root: probably non-prime P");let b=1,E=c.sqr(p);for(;!c.eql(E,c.ONE);)if(b++,E=c.sqr(E),b===u)throw new Error("Cannot find square root");let R=z<<BigInt(u-b-1),A=c.pow(h,R);u=b,h=c.sqr(A),p=c.mul(p,h),w=c.mul(w,A)}return w}}function aa(r){return bn(r,"Fp.sqrt"),r%yn===Yo?Jo:r%Xo===Zo?sa:r%Qo===ta?ia(r):es(r)}var ts=(r,e)=>(G(r,e)&z)===z,la=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function rt(r){if(Re(r,"field"),typeof r.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof r.ORDER);et(r.BYTES,"BYTES"),et(r.BITS,"BITS");for(let e of la)Ye(r[e],"field."+e);if(r.BYTES<1||r.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(r.ORDER<=z)throw new Error("invalid field: expected ORDER > 1, got "+r.ORDER);return r}function hr(r,e,t=!1){rt(r),dr(e,"nums"),xe(t,"passZero");let n=r,o=new Array(e.length).fill(t?n.ZERO:void 0),s=e.reduce((a,l,d)=>n.is0(l)?a:(o[d]=a,n.mul(a,l)),n.ONE),i=n.inv(s);return e.reduceRight((a,l,d)=>n.is0(l)?a:(o[d]=n.mul(a,o[d]),n.mul(a,l)),i),o}function vt(r,e){rt(r);let t=r;bn(t.ORDER,"FpLegendre");let n=(t.ORDER-z)/Ze,o=t.pow(e,n),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function da(r,e){if(e!==void 0&&cn(e),r<=Z)throw new Error("invalid n length: expected positive n, got "+r);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=gn(r);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let n=e!==void 0?e:t,o=Math.ceil(n/8);return{nBitLength:n,nByteLength:o}}var Go=new WeakMap,ur=class{ORDER;BITS;BYTES;isLE;ZERO=Z;ONE=z;_lengths;_mod;constructor(e,t={}){if(e<=z)throw new Error("invalid field: expected ORDER > 1, got "+e);let n;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(n=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=da(e,n);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return G(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return Z<=e&&e<this.ORDER}is0(e){return e===Z}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&z)===z}neg(e){return G(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return G(e*e,this.ORDER)}add(e,t){return G(e+t,this.ORDER)}sub(e,t){return G(e-t,this.ORDER)}mul(e,t){return G(e*t,this.ORDER)}pow(e,t){return oa(e,t,this.ORDER)}div(e,t){return G(e*Ko(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return Ko(e,this.ORDER)}sqrt(e){let t=Go.get(this);return t||Go.set(this,t=aa(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?Wo(e,this.BYTES):fn(e,this.BYTES)}fromBytes(e,t=!1){Q(e);let{_lengths:n,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(n){if(e.length<1||!n.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+n+" bytes, got "+e.length);let d=new Uint8Array(o);d.set(e,s?0:d.length-e.length),e=d}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?tt(e):cr(e);if(a&&(l=G(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return hr(this,e,!0)}cmov(e,t,n){return xe(n,"condition"),n?t:e}};function fr(r,e={}){return Object.freeze(ur.prototype),new ur(r,e)}var $n=BigInt(0),$t=BigInt(1),ca=BigInt(4),xn=16,rs=128,ua=5,ns=2**31;function Et(r){let e=r;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof r);Ye(e.fromAffine,"Point.fromAffine"),Ye(e.fromBytes,"Point.fromBytes"),Ye(e.fromHex,"Point.fromHex"),Re(e.BASE,"Point.BASE"),Re(e.ZERO,"Point.ZERO"),rt(e.Fp),rt(e.Fn)}function ss(r,e){Et(r),is(e,r);let t=hr(r.Fp,e.map(n=>n.Z));return e.map((n,o)=>r.fromAffine(n.toAffine(t[o])))}function ha(r,e,t=1){if(!Number.isSafeInteger(r)||r<t||r>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+r)}function fa(r,e){let t=r*(4*e+128);if(t>ns)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+ns/2**20+" MiB")}function pa(r,e){if(r!==void 0){Ye(r,"randomBytes");try{let t=r(e);if(!bt(t)||t.length!==e)return}catch{return}return r}}function is(r,e){dr(r,"points"),r.forEach((t,n)=>{if(!(t instanceof e))throw new Error("invalid point at index "+n)})}function ma(r,e,t){if(!Array.isArray(r))throw new Error("array of scalars expected");r.forEach((n,o)=>{if(!(t===void 0?e.isValid(n):Be(n)&&n<t))throw new Error("invalid scalar at index "+o)})}var as=new WeakMap;function vn(r){return as.get(r)||1}function ga(r,e){let t=r.double(),n=[r];for(let o=1;o<e;o++)n.push(n[o-1].add(t));return n}function ya(r,e){let t=2**e,n=t/2,o=BigInt(t-1),s=[];for(;r>$n;){let i=0;r&$t&&(i=Number(r&o),i>=n&&(i-=t),r-=BigInt(i)),s.push(i),r>>=$t}return s}function wa(r,e,t){let n=2**e,o=n/2,s=BigInt(n-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let d=Number(r&s);r>>=i,d>o&&(d-=n,r+=$t),a.push(d)}if(r!==$n)throw new Error("invalid wnaf");return a}function ba(r,e,t){let n=0;for(let s of t)n=Math.max(n,s.length);let o=r;for(let s=n-1;s>=0;s--){s!==n-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var pr=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){Et(e),this.randomBytes=pa(t,xn),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,n){let o=Math.ceil(n/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:t,bits:n,windows:o,comp:i}}wnafCachedCT(e,t){let{W:n,windows:o,comp:s}=e,i=2**(n-1),a=wa(t,n,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let u=a[c],h=c*i,p=Math.abs(u)-1,w=s[h];for(let E=1;E<i;E++)w=E===p?s[h+E]:w;let b=w.negate();u===0?d=d.add(s[h]):l=l.add(u<0?b:w)}return{p:l,f:d}}getWnafPrecomputes(e,t,n,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===n);return i||(i=this.buildWnafTable(t,e,n),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!pn(t,$t,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,n,o){let s=vn(e);return s===1?this.fixedWindowCT(e,t,n):this.wnafCachedCT(this.getWnafPrecomputes(s,e,n,o),t)}mulCT(e,t,n){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,n)}mulCTBlinded(e,t,n){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+rs,s=this.randomBytes(xn);if(!bt(s)||s.length!==xn)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+cr(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,n)}fixedWindowCT(e,t,n){let o=ua,s=1<<o,i=jo(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(e);let l=Math.ceil(n/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let p=0;p<o;p++)d=d.double();let u=Number(t>>BigInt(c*o)&i),h=a[0];for(let p=1;p<s;p++)h=p===u?a[p]:h;d=d.add(h)}return{p:d,f:d}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===$t?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,n,o){return this.shouldBlind(e,n)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,n){if(this.assertPoint(e),!Be(t))throw new Error("invalid scalar");let o=vn(e);if(o===1||t>=this.Point.Fn.ORDER)return xa(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,n);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),ha(t,this.bits);let n=Math.ceil((this.bits+rs)/t)+1;fa(n*2**(t-1),this.Point.Fp.BYTES),as.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return vn(e)!==1}};function xa(r,e,t,n=!1){if(Et(r),is(e,r),xe(n,"allowOversized"),ma(t,r.Fn,n?r.Fn.ORDER**ca:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>ga(i,4)),s=t.map(i=>ya(i,4));return ba(r.ZERO,o,s)}function os(r,e,t){if(e){if(e.ORDER!==r)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return rt(e),e}else return fr(r,{isLE:t})}function ls(r,e,t={},n){if(r!=="weierstrass"&&r!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(n===void 0&&(n=r==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${r} CURVE object`);Me(t);for(let l of["p","n","h"]){let d=e[l];if(!(Be(d)&&d!==$n))throw new Error(`CURVE.${l} must be positive bigint`)}let o=os(e.p,t.Fp,n),s=os(e.n,t.Fn,n),a=["Gx","Gy","a",r==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function ds(r,e){return function(n){let o=r(n);return{secretKey:o,publicKey:e(o)}}}var mr=BigInt(0),gr=BigInt(1),yr=BigInt(2),va=BigInt(4),cs=BigInt(8);function $a(r,e,t,n){let o=r.sqr(t),s=r.sqr(n),i=r.add(r.mul(e.a,o),s),a=r.add(r.ONE,r.mul(e.d,r.mul(o,s)));return r.eql(i,a)}function us(r,e={}){Me(e,{},{},"extraOpts");let t=e,n=ls("edwards",r,t,t.FpFnLE),{Fp:o,Fn:s}=n,i=n.CURVE,{h:a}=i;if(vt(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(vt(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Me(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?hn:t.randomBytes,d=yr<<BigInt(o.BYTES*8)-gr;function c(A){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(A)}let u=t.uvRatio===void 0?(A,m)=>{try{return{isValid:!0,value:o.sqrt(o.div(A,m))}}catch{return{isValid:!1,value:mr}}}:t.uvRatio;if(!$a(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let h=o.eql(i.a,o.neg(o.ONE))?A=>o.neg(A):o.eql(i.a,o.ONE)?A=>A:A=>o.mul(i.a,A);function p(A,m,v=!1){let $=v?gr:mr;return mn("coordinate "+A,m,$,d),m}function w(A){if(!(A instanceof b))throw new Error("EdwardsPoint expected")}class b{static BASE=new b(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new b(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(m,v,$,L){this.X=p("x",m),this.Y=p("y",v),this.Z=p("z",$,!0),this.T=p("t",L),Object.freeze(this)}static CURVE(){return i}static fromAffine(m){if(m instanceof b)throw new Error("extended point not allowed");let{x:v,y:$}=m||{};return p("x",v),p("y",$),new b(v,$,o.ONE,o.mul(v,$))}static fromBytes(m,v=!1){let $=o.BYTES,{a:L,d:q}=i;m=xt(Q(m,$,"point")),xe(v,"zip215");let O=xt(m),k=m[$-1];O[$-1]=k&-129;let B=tt(O),C=v?d:o.ORDER;mn("point.y",B,mr,C);let M=o.sqr(B),H=o.sub(M,o.ONE),x=o.sub(o.mulN(q,M),L),{isValid:T,value:S}=u(H,x);if(!T)throw new Error("bad point: invalid y coordinate");let U=c(S),P=(k&128)!==0;if(!v&&o.is0(S)&&P)throw new Error("bad point: x=0 and x_0=1");return P!==U&&(S=o.neg(S)),b.fromAffine({x:S,y:B})}static fromHex(m,v=!1){return b.fromBytes(Do(m),v)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(m=6,v=!0){return R.setWindowSize(this,m),v||this.multiply(yr),this}assertValidity(){let m=this,{a:v,d:$}=i;if(m.is0())throw new Error("bad point: ZERO");let{X:L,Y:q,Z:O,T:k}=m,B=o.sqr(L),C=o.sqr(q),M=o.sqr(O),H=o.sqr(M),x=o.mul(B,v),T=o.mul(o.add(x,C),M),S=o.add(H,o.mul($,o.mul(B,C)));if(!o.eql(T,S))throw new Error("bad point: equation left != right (1)");let U=o.mul(L,q),P=o.mul(O,k);if(!o.eql(U,P))throw new Error("bad point: equation left != right (2)")}equals(m){w(m);let{X:v,Y:$,Z:L}=this,{X:q,Y:O,Z:k}=m,B=o.mul(v,k),C=o.mul(q,L),M=o.mul($,k),H=o.mul(O,L);return o.eql(B,C)&&o.eql(M,H)}is0(){return this.equals(b.ZERO)}negate(){return new b(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:m,Y:v,Z:$}=this,L=o.sqr(m),q=o.sqr(v),O=o.mul(o.sqr($),yr),k=h(L),B=o.addN(m,v),C=o.sub(o.subN(o.sqr(B),L),q),M=o.addN(k,q),H=o.subN(M,O),x=o.subN(k,q),T=o.mul(C,H),S=o.mul(M,x),U=o.mul(C,x),P=o.mul(H,M);return new b(T,S,P,U)}add(m){w(m);let{d:v}=i,{X:$,Y:L,Z:q,T:O}=this,{X:k,Y:B,Z:C,T:M}=m,H=o.mul($,k),x=o.mul(L,B),T=o.mul(o.mulN(O,v),M),S=o.mul(q,C),U=o.sub(o.subN(o.mulN(o.addN($,L),o.addN(k,B)),H),x),P=o.subN(S,T),X=o.addN(S,T),se=o.sub(x,h(H)),pe=o.mul(U,P),ke=o.mul(X,se),Se=o.mul(U,se),Ie=o.mul(P,X);return new b(pe,ke,Ie,Se)}subtract(m){return w(m),this.add(m.negate())}multiply(m){if(!s.isValidNot0(m))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:v,f:$}=R.mulSecret(this,m,a,E);return E([v,$])[0]}multiplyUnsafe(m){if(!s.isValid(m))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return m===mr?b.ZERO:this.is0()||m===gr?this:R.mulUnsafe(this,m,E)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return R.mulUnsafe(this,i.n).is0()}toAffine(m){let v=this,$=m;if($!=null&&typeof $!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof $);let{X:L,Y:q,Z:O}=v,k=v.is0();$==null&&($=k?o.create(cs):o.inv(O));let B=o.mul(L,$),C=o.mul(q,$),M=o.mul(O,$);if(k)return{x:o.ZERO,y:o.ONE};if(!o.eql(M,o.ONE))throw new Error("invZ was invalid");return{x:B,y:C}}clearCofactor(){return a===gr?this:a===yr?this.double():a===va?this.double().double():a===cs?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:m,y:v}=this.toAffine(),$=o.toBytes(v);return $[$.length-1]|=c(m)?128:0,$}toHex(){return Po(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let E=A=>ss(b,A),R=new pr(b,l);return R.bits>=6&&b.BASE.precompute(6),Object.freeze(b.prototype),Object.freeze(b),b}function hs(r,e,t={}){if(Et(r),typeof e!="function")throw new Error('"hash" function param is required');let n=e,o=t;Me(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=r,d=n.outputLen,c=2*a.BYTES;if(d!==void 0&&(et(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let u=o.randomBytes===void 0?hn:o.randomBytes,h=o.toMontgomery,p=o.toMontgomerySecret,w=o.adjustScalarBytes===void 0?x=>x:o.adjustScalarBytes,b=o.domain===void 0?(x,T,S)=>{if(xe(S,"phflag"),T.length||S)throw new Error("Contexts/pre-hash are not supported");return x}:o.domain;function E(x){return l.create(tt(x))}function R(x){let T=k.secretKey;Q(x,k.secretKey,"secretKey");let S=Q(n(x),2*T,"hashedSecretKey"),U=w(S.slice(0,T)),P=S.slice(T,2*T),X=E(U);return{head:U,prefix:P,scalar:X}}function A(x){let{head:T,prefix:S,scalar:U}=R(x),P=i.multiply(U),X=P.toBytes();return{head:T,prefix:S,scalar:U,point:P,pointBytes:X}}function m(x){return A(x).pointBytes}function v(x=Uint8Array.of(),...T){let S=un(...T);return E(n(b(S,Q(x,void 0,"context"),!!s)))}function $(x,T,S={}){Me(S,{},{},"options"),x=xt(Q(x,void 0,"message")),s&&(x=s(x));let{prefix:U,scalar:P,pointBytes:X}=A(T),se=v(S.context,U,x),pe=i.multiply(se).toBytes(),ke=v(S.context,pe,X,x),Se=l.create(se+ke*P);if(!l.isValid(Se))throw new Error("sign failed: invalid s");let Ie=un(pe,l.toBytes(Se));return Q(Ie,k.signature,"result")}let L={zip215:o.zip215};function q(x,T,S,U=L){Me(U);let{context:P}=U,X=U.zip215===void 0?!!L.zip215:U.zip215,se=k.signature;x=Q(x,se,"signature"),T=Q(T,void 0,"message"),S=Q(S,k.publicKey,"publicKey"),X!==void 0&&xe(X,"zip215"),s&&(T=s(T));let pe=se/2,ke=x.subarray(0,pe),Se=tt(x.subarray(pe,se)),Ie,Pn,Dn;try{Ie=r.fromBytes(S,X),Pn=r.fromBytes(ke,X),Dn=i.multiplyUnsafe(Se)}catch{return!1}if(!X&&Ie.isSmallOrder())return!1;let bi=v(P,ke,S,T);return Pn.add(Ie.multiplyUnsafe(bi)).subtract(Dn).clearCofactor().is0()}let O=a.BYTES,k={secretKey:O,publicKey:O,signature:2*O,seed:O};function B(x){return x=x===void 0?u(k.seed):x,Q(x,k.seed,"seed")}function C(x){return bt(x)&&x.length===k.secretKey}function M(x,T){try{return!!r.fromBytes(x,T===void 0?L.zip215:T)}catch{return!1}}let H={getExtendedPublicKey:A,randomSecretKey:B,isValidSecretKey:C,isValidPublicKey:M,toMontgomery(x){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(r.fromBytes(x))},toMontgomerySecret(x){if(p===void 0)throw new Error("Montgomery conversion is not supported for this curve");return p(x)}};return Object.freeze(k),Object.freeze(H),Object.freeze({keygen:ds(B,m),getPublicKey:m,sign:$,verify:q,utils:H,Point:r,lengths:k})}var En=BigInt(1),fs=BigInt(2);var Ea=BigInt(5),ka=BigInt(8),kn=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),Sa={p:kn,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:ka,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function _a(r){let e=BigInt(10),t=BigInt(20),n=BigInt(40),o=BigInt(80),s=kn,a=r*r%s*r%s,l=le(a,fs,s)*a%s,d=le(l,En,s)*r%s,c=le(d,Ea,s)*d%s,u=le(c,e,s)*c%s,h=le(u,t,s)*u%s,p=le(h,n,s)*h%s,w=le(p,o,s)*p%s,b=le(w,o,s)*p%s,E=le(b,e,s)*c%s;return{pow_p_5_8:le(E,fs,s)*r%s,b2:a}}function gs(r){return r[0]&=248,r[31]&=127,r[31]|=64,r}var ps=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function Ta(r,e){let t=kn,n=G(e*e*e,t),o=G(n*n*e,t),s=_a(r*o).pow_p_5_8,i=G(r*n*s,t),a=G(e*i*i,t),l=i,d=G(i*ps,t),c=a===r,u=a===G(-r,t),h=a===G(-r*ps,t);return c&&(i=l),(u||h)&&(i=d),ts(i,t)&&(i=G(-i,t)),{isValid:c||u,value:i}}var Sn=us(Sa,{uvRatio:Ta}),ms=Sn.Fp;function Aa(r){let{y:e}=r;return ms.toBytes(ms.div(En+e,En-e))}function Ra(r){let e=Sn.Fp.BYTES;return he(r,e),gs(dn(r.subarray(0,e))).subarray(0,e)}function Ba(r){return hs(Sn,dn,Object.assign({adjustScalarBytes:gs,toMontgomery:Aa,toMontgomerySecret:Ra,zip215:!0},r))}var ys=Ba({});function Oe(r){return btoa(String.fromCharCode(...r))}function ve(r,e){let t;try{t=Uint8Array.from(atob(r),n=>n.charCodeAt(0))}catch{throw new g("format",`${e} is not base64`)}if(Oe(t)!==r)throw new g("format",`${e} is not in the one spelling of base64`);return t}function wr(r,e){let t=Number(r);if(!/^(0|[1-9][0-9]*)$/.test(r)||!Number.isSafeInteger(t))throw new g("format",`${e} is ${JSON.stringify(r.slice(0,40))}, not a decimal number below 2^53`);return t}function de(r){return Array.from(r,e=>e.toString(16).padStart(2,"0")).join("")}function oe(r,e){return r.length===e.length&&r.every((t,n)=>t===e[n])}function $e(...r){let e=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),t=0;for(let n of r)e.set(n,t),t+=n.length;return e}var Xe=32,Ma=Uint8Array.of(0),Oa=Uint8Array.of(1);function Le(r){if(r.length!==Xe)throw new g("format",`a hash has ${Xe} bytes, not ${r.length}`);return r}function Ne(r){return ar(r)}function xr(r){return Ne($e(Ma,r))}function br(r,e){return Ne($e(Oa,r,e))}var La=Ne(new Uint8Array),kt=class kt{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==bs(e))throw new g("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],n=this.size;for(let o of e){let s=o;for(let i=n;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=br(a,s)}t.push(s),n+=1}return new kt(n,t)}root(){return this.peaks.length===0?La:this.peaks.reduceRight((e,t)=>br(t,e))}};kt.EMPTY=new kt(0,[]);var nt=kt;function Na(r,e){let[t,n,o]=[e,r-1,0];for(;t!==n;o+=1)[t,n]=[Math.floor(t/2),Math.floor(n/2)];return o+bs(t)}function ws(r,e,t,n){if(n.length!==Na(r,e))return null;let o=t,[s,i]=[e,r-1];for(let a of n){if(s%2===1||s===i)for(o=br(a,o);s%2===0&&s>0;i=Math.floor(i/2))s=s/2;else o=br(o,a);[s,i]=[Math.floor(s/2),Math.floor(i/2)]}return o}function bs(r){let e=0;for(let t=r;t>0;t=Math.floor(t/2))e+=t%2;return e}var Ca=100,vr=4,$r=1,St=4,Er=6,Ha=new Map([[$r,32],[St,32],[Er,1312]]),Ia=64,xs="— ";function _t(r){let e=kr(r);if(e.type!==$r)throw new g("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return e}function kr(r){let[e,t,n,...o]=Fa(r);if(e===void 0||t===void 0||n===void 0||o.length>0)throw new g("format","a key has the form name+keyid+base64");Es(e);let s=ve(n,`the key of ${e}`),[i=0]=s;if(Ha.get(i)!==s.length-1)throw new g("format",`the key of ${e} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=ar($e(new TextEncoder().encode(`${e}
`),s)).slice(0,vr);if(de(a)!==t)throw new g("format",`the key of ${e} has the id ${de(a)}, but says ${t}`);return{name:e,type:i,keyId:a,publicKey:s.slice(1)}}function ot(r,e){let{text:t,lines:n}=Tt(r),o=n.filter(i=>_n(i,e));if(o.length===0)throw new g("signature",`the log's key ${e.name} has not signed this head`);for(let i of o)if(!Tn(i.signature,t,e.publicKey))throw new g("signature",`the signature of ${e.name} over this head is wrong`);let s=Ua(t);if(s.origin!==e.name)throw new g("origin",`the head is of the log ${s.origin}, not of ${e.name}`);return s}function _n(r,e){return r.name===e.name&&oe(r.keyId,e.keyId)}function Tt(r){let e=At(r,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new g("format","a signed note is a text, an empty line, and lines of signatures");let n=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(n))throw new g("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>Ca)throw new g("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(n),lines:o.map($s)}}function vs(r){let[e,...t]=At(r,"the list of signatures").split(`
`).reverse();if(e!=="")throw new g("format","the last line of signatures does not end");return t.reverse().map($s)}function $s(r){let e=r.startsWith(xs)?r.slice(xs.length).split(" "):[],[t,n]=e;if(t===void 0||n===void 0||e.length!==2)throw new g("format","a signature line has the form '— name base64'");Es(t);let o=ve(n,`the signature of ${t}`);if(o.length<=vr)throw new g("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,vr),signature:o.slice(vr)}}function Ua(r){let[e,t,n,o,...s]=At(r,"the checkpoint").split(`
`);if(!e||t===void 0||n===void 0||o!==""||s.length>0)throw new g("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:wr(t,"the checkpoint's size"),root:Le(ve(n,"the checkpoint's root"))}}function Tn(r,e,t){return r.length!==Ia?!1:ys.verify(r,e,t,{zip215:!1})}function Fa(r){let e=r.indexOf("+"),t=r.indexOf("+",e+1);return e<0||t<0?[]:[r.slice(0,e),r.slice(e+1,t),r.slice(t+1)]}function Es(r){if(r===""||/[\s+\p{White_Space}]/u.test(r))throw new g("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(r)}`)}function At(r,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(r)}catch{throw new g("format",`${e} is not UTF-8`)}}var ce=256;function*za(r,e){for(let t=r;t<e;t+=ce)yield{index:t/ce,width:Math.min(ce,e-t)}}function qa(r,e){return`tile/${r}/${_s(e)}`}function Pa(r){return`tile/entries/${_s(r)}`}function Da(r,e,t){if(r.length!==e*Xe)throw new g("format",`${t} has ${r.length} bytes, not ${e*Xe}`);return Array.from({length:e},(n,o)=>Le(r.slice(o*Xe,(o+1)*Xe)))}function Va(r,e,t){let n=new DataView(r.buffer,r.byteOffset,r.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>r.length||a+n.getUint16(s)>r.length)throw new g("format",`${t} ends inside its entry ${i} of ${e}`);s=a+n.getUint16(s),o.push(r.slice(a,s))}if(s!==r.length)throw new g("format",`${t} has ${r.length-s} bytes after its entries`);return o}var Wa=4;async function*ks(r,e,t){let n=[];for(let o of za(e,t)){let s=Promise.all([ja(r,o),Ka(r,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),n.push(s),n.length>Wa&&(yield await n.shift())}for(let o of n)yield await o}async function ja(r,e){let{data:t,width:n,path:o}=await Ss(r,e,Pa);return Va(t,n,o).slice(0,e.width)}async function Ka(r,e,t){let{data:n,width:o,path:s}=await Ss(r,t,i=>qa(e,i));return Da(n,o,s).slice(0,t.width)}async function Ss(r,e,t){let n={index:e.index,width:ce},o=e.width===ce?[n]:[e,n];for(let s of o){let i=t(s);try{return{data:await r.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof re))throw a}}throw new g("missing",`the log has signed for ${t(e)} and does not have it`)}function _s({index:r,width:e}){let t=[String(r%1e3).padStart(3,"0")];for(let o=Math.floor(r/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let n=t.join("/");return e===ce?n:`${n}.p/${e}`}var Ts=1024,Sr=class{constructor(e,t,n=null){this.key=e;this.files=t;this.known=n;this.names=new Map;this.readUpTo=null}get verified(){return this.known}holds(e,t){let n=this.names.get(e);return n===void 0?null:n===t}forget(){this.known=null,this.readUpTo=null,this.names.clear()}async check(e,t=!1,n=()=>{}){let o=ot(e,this.key),s=this.known;if(s!==null&&Za(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?nt.EMPTY:s?.edges[0]??nt.EMPTY,a=i.size===0?[]:[i],l=new Map,d=i;for await(let c of ks(this.files,i.size,o.size)){let u=Ga(c);Ya(c,o.size-Ts,l),s!==null&&Xa(d,u,s),d=d.append(u),c.span.width===ce&&a.push(d),a.length>2&&a.shift(),n(d.size,o.size)}if(!oe(d.root(),o.root)){if(i.size>0)return this.check(e,!0,n);throw new g("root",`the ${o.size} entries make another root than the signed one`)}return this.known={size:o.size,root:o.root,edges:a},this.readUpTo=o.size,this.remember(l,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}remember(e,t){for(let[n,o]of e)this.names.set(n,o);for(let n of this.names.keys())n<t-Ts&&this.names.delete(n)}};function Ga({span:r,entries:e,tile:t}){return e.map((n,o)=>{let s=xr(n),i=t[o];if(i===void 0||!oe(s,i)){let a=r.index*ce+o;throw new g("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function Ya({span:r,entries:e},t,n){e.forEach((o,s)=>{let i=r.index*ce+s;i>=t&&n.set(i,de(Ne(o)))})}function Za(r,e){if(e.size<r.size)throw new g("shrunk",`the log has ${e.size} entries; it had ${r.size} when last verified`);if(e.size===r.size&&!oe(e.root,r.root))throw new g("fork",`the log has signed two different roots over ${e.size} entries`)}function Xa(r,e,t){let n=t.size-r.size;if(!(n<0||n>e.length)&&!oe(r.append(e.slice(0,n)).root(),t.root))throw new g("fork",`the first ${t.size} entries are not those that were verified before`)}function As({logKey:r,verified:{size:e,root:t,edges:n}}){return JSON.stringify({logKey:r,size:e,root:Oe(t),edges:n.map(o=>({size:o.size,peaks:o.peaks.map(Oe)}))})}function Rs(r){let{logKey:e,size:t,root:n,edges:o}=Ja(r);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2)throw new g("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:Bs(n),edges:o.map(s=>Qa(s,t))}}}function Qa(r,e){let{size:t,peaks:n}=r??{};if(typeof t!="number"||t>e||t%ce!==0||!Array.isArray(n))throw new g("format","what was kept of the log's edge is not readable");return new nt(t,n.map(Bs))}function Bs(r){if(typeof r!="string")throw new g("format","what was kept of the log is not readable");return Le(ve(r,"a hash that was kept"))}function Ja(r){let e;try{e=JSON.parse(r)}catch{throw new g("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new g("format","what was kept of the log is no object");return e}var el=250,An={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},_r=class{constructor(e,t,n,o,s){this.logKey=e;this.files=t;this.keeper=n;this.view=o;this.show=s;this.next=null;this.running=!1;let i=tl(n);this.rememberedKey=i?.logKey??null,this.strangeKey=i!==null&&i.logKey!==e,this.verifier=new Sr(_t(e),t,i===null||this.strangeKey?null:i.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(n){this.fail(n)}}this.running=!1}async check(e,t){if(this.update({head:rl(e.note)}),this.strangeKey)throw new g("key",`the building names the key ${this.logKey}`);let n=performance.now(),{status:o}=this.view,s=o.kind==="verified"?n:-1/0,i=await this.checkOrAskAgain(e,t,(w,b)=>{performance.now()-s<el||(s=performance.now(),this.update({status:{kind:"checking",done:w,size:b}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:u}=e;if(c!==null&&c!==a.size||u!==null&&u!==Oe(a.root))throw new g("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let h=performance.now()-n;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:h,continues:d}});let{verified:p}=this.verifier;p!==null&&this.keeper.save(As({logKey:this.logKey,verified:p}))}async checkOrAskAgain(e,t,n){try{return await this.verifier.check(e.note,t,n)}catch(o){if(!(o instanceof g)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,n)}}fail(e){if(e instanceof te){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof g?e:new g("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function tl(r){let e=r.load();if(e===null)return null;try{return Rs(e)}catch(t){if(!(t instanceof g))throw t;return console.warn(t.message),null}}function rl(r){let[e="",t="",n=""]=new TextDecoder().decode(r).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:n.slice(0,44)}}var Ms=8,nl=64;function ol(r,e,t){if(r.length!==Ms+nl)return null;let n=new DataView(r.buffer,r.byteOffset).getBigUint64(0);if(n>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=$e(new TextEncoder().encode(`cosignature/v1
time ${n}
`),e);return Tn(r.slice(Ms),o,t.publicKey)?Number(n):null}function Tr(r,e,t){let n=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of t.witnesses)for(let{signature:l}of e.filter(d=>_n(d,a))){if(a.type!==St){s.add(i);continue}let d=ol(l,r,a);d===null?o.add(i):n.has(i)||n.set(i,d)}return{times:n,wrong:[...o],unread:[...s]}}var Mn="flats",Rn="none",Ar=class r{constructor(e,t,n,o){this.logs=e;this.witnesses=t;this.groups=n;this.quorum=o}static parse(e){let[t,...n]=At(e,"the policy").split(`
`).reverse();if(t!=="")throw new g("format","the last line of the policy does not end");let o=new Bn;if(n.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof g?new g("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new g("format","the policy has no line 'quorum'");return new r(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===Rn}isMet(e){return this.asksForNobody||this.counting(e).has(this.quorum)}metAt(e){let t=new Set;for(let[n,o]of[...e].sort(([,s],[,i])=>s-i))if(t.add(n),this.isMet(t))return o;return null}tally(e){let t=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>t.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>e.has(a)).length,members:i.length,needed:s}))}counting(e){let t=new Set(this.witnesses.map(({name:n})=>n).filter(n=>e.has(n)));for(let{name:n,threshold:o,members:s}of this.groups)s.filter(i=>t.has(i)).length>=o&&t.add(n);return t}},Bn=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(e){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(e))throw new g("format","it has control characters");let t=e.split(/[ \t]+/).filter(s=>s!==""),[n,...o]=t;if(!(n===void 0||n.startsWith("#"))){if(n==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(n==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(n==="group"&&o.length>=3)return this.group(o);if(n==="quorum"&&o.length===1)return this.takeQuorum(o);throw new g("format",`${JSON.stringify(e.slice(0,60))} is not a line that a policy has`)}}log([e=""]){let t=kr(e);if(t.type!==$r&&t.type!==Er)throw new g("format",`the log ${t.name} has a key of type ${t.type}, not one of a log`);this.addKey("log",t),this.logs.push(t)}witness([e="",t=""]){let n=kr(t);if(n.type!==St&&n.type!==Er)throw new g("format",`the witness ${e} has a key of type ${n.type}, not one that cosigns`);this.define(e),this.addKey("witness",n),this.witnesses.push({name:e,key:n})}group([e="",t="",...n]){for(let s of n){let i=this.names.get(s);if(i===void 0)throw new g("format",`${s} is a member of ${e} and not defined above it`);if(i)throw new g("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(e);let o=t==="all"?n.length:t==="any"?1:Number(t);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(t)||o>n.length)throw new g("format",`the group ${e} asks for ${t} of its ${n.length} members`);this.groups.push({name:e,threshold:o,members:n})}takeQuorum([e=""]){if(this.quorum!==null)throw new g("format","there is a second quorum");if(e!==Rn&&!this.names.has(e))throw new g("format",`the quorum ${e} is no witness and no group defined above it`);this.quorum=e}define(e){if(e===Rn||this.names.has(e))throw new g("format",`the name ${e} is taken already`);this.names.set(e,!1)}addKey(e,{publicKey:t}){let n=`${e} ${Oe(t)}`;if(this.keys.has(n))throw new g("format","its key stands in the policy already");this.keys.add(n)}};var sl=1500,On={status:{kind:"waiting"},quorum:null},Rr=class{constructor(e,t,n,o=sl){this.key=e;this.files=t;this.show=n;this.pauseMs=o;this.view=On;this.policyNow="unknown";this.running=null;this.again=!1}get policy(){return this.policyNow}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(e=>setTimeout(e,this.pauseMs))}async readOnce(){try{let e=await this.readPolicy();this.policyNow=e,e==="none"||e.asksForNobody?this.update({status:{kind:"none"}}):await this.check(e)}catch(e){if(e instanceof te)this.update({status:{kind:"unreachable",detail:e.message}});else if(e instanceof g)this.update({status:{kind:"failed",detail:e.message}});else if(e instanceof re)this.update({status:{kind:"waiting"}});else throw e}}async readPolicy(){let e=await this.readIfThere("policy");return e===null?"none":Ar.parse(e)}async check(e){let t=await this.files.read("checkpoint"),{size:n}=ot(t,this.key),{text:o,lines:s}=Tt(t),i=await this.readIfThere(`cosignatures/${n}`),a=i===null?s:[...s,...vs(i)],{times:l,wrong:d,unread:c}=Tr(o,a,e),u=new Set(l.keys()),h=e.metAt(l),p=this.view.quorum;this.update({status:{kind:"checked",size:n,met:h!==null,tally:e.tally(u),wrong:d,unread:c},quorum:h===null||p!==null&&p.size>n?p:{size:n,ms:h*1e3}})}async readIfThere(e){try{return await this.files.read(e)}catch(t){if(t instanceof re)return null;throw t}}update(e){this.view={...this.view,...e},this.show(this.view)}};var Ns=100,Cs=48,il=3e4,Nn={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:An,witnesses:On,witnessed:null,headMs:null,unreadable:null},Br=class{constructor(e){this.changed=e;this.snapshot=Nn;this.watch=null;this.witnesses=null;this.files=new Qt;this.keeper=new Ln("local-vpp.log");this.stream=new tr("api/v1/live",{prepare:()=>this.prepare(),connection:t=>this.connected(t),state:t=>{this.update({state:t,stateAt:performance.now()}),this.hear(t)},records:t=>this.update({records:Os(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:Ls([t],this.snapshot.slots??[])}),unreadable:(t,n)=>this.complain(t,n),isFinal:t=>t instanceof be})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget();let e=this.snapshot.building?.log_key;e!==void 0&&(this.witnesses=this.watchWitnesses(e),this.witnesses.refresh())}holds(e){return this.watch?.holds(e.index,e.hash)??null}async known(){if(this.watch===null)return null;let[e,t]=[_t(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:e,policy:this.witnesses?.policy??"unknown",holds:(n,o)=>t.holds(n,o)}}fetchProven(e){let t=`api/v1/records/${e}`;return Promise.all([Gr(t),Gr(`${t}/proof`)])}async prepare(){try{let e=await Jt("api/v1/building",yo);this.watchLog(e),await this.watch?.refresh(),this.witnesses?.refresh();let[t,n]=await Promise.all([Jt(`api/v1/records?limit=${Ns}`,er),Jt(`api/v1/slots?limit=${Cs}`,vo)]);this.update({records:Os(t,[]),slots:Ls(n,[]),unreadable:null})}catch(e){throw e instanceof be&&this.restrict(),e instanceof we&&this.complain("api/v1",e.message),e}}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let n=o=>this.update({log:o});try{this.watch=new _r(e.log_key,this.files,this.keeper,this.snapshot.log,n),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof g))throw o;this.watch=null,this.witnesses=null,n({...An,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(e){let t=new Rr(_t(e),this.files,n=>{(this.witnesses===null||this.witnesses===t)&&this.update({witnesses:n})});return t}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},il)}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms}),this.hear(e),this.witnesses?.refresh();let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}hear({cosigners:e,witnesses:t,needed:n,quorum_size:o,quorum_ms:s,mirrors:i}){let a=this.snapshot.witnessed;if(this.update({witnessed:{cosigners:e,witnesses:t,needed:n,quorum_size:o,quorum_ms:s,mirrors:i}}),a===null)return;(a.cosigners!==e||a.witnesses!==t||a.quorum_size!==o)&&this.witnesses?.refresh()}complain(e,t){let n=this.snapshot.unreadable;t!==null?(n?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):n?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function Os(r,e){return[...new Map([...e,...r].map(n=>[n.index,n])).values()].sort((n,o)=>o.index-n.index).slice(0,Ns)}function Ls(r,e){return[...new Map([...e,...r].map(n=>[n.slot,n])).values()].sort((n,o)=>o.slot-n.slot).slice(0,Cs)}var Ln=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}};var Y=D`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 16px 18px 18px;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 15px;
    font-weight: 650;
    letter-spacing: 0.02em;
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--quiet);
    font-size: 13px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    font-size: 13px;
    color: var(--accent);
    background: none;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 12px;
    cursor: pointer;
  }
  button:hover {
    background: var(--sunken);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  dl {
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 13px;
  }
  dd {
    margin: 0;
  }
  @media (max-width: 620px) {
    section {
      padding: 14px 12px;
      border-radius: 12px;
    }
  }
`;function fe(r){let e=r.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,n)=>t+n,0),partial:e.length<r.length}}function Hs(r){return r.grid_w===null||r.pv_w===null||r.battery_w===null?null:r.grid_w+r.pv_w+r.battery_w}function Is({building:r,flats:e}){let t=e.map(s=>s.grid_w),n=fe(t.map(s=>s===null?null:Math.max(0,s))),o=fe(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:r.bulk_w,common:r.common_w,frequency:r.frequency_hz,pv:fe(e.map(s=>s.pv_w)),battery:fe(e.map(s=>s.battery_w)),taken:n,given:o,shared:{known:n.known===null||o.known===null?null:Math.min(n.known,o.known),partial:n.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function Us(r){let e=0,t=0;for(let n of r.flats){let o=Math.min(n.import_wh,n.export_wh);e+=n.import_wh-o-n.shared_in_wh,t+=n.export_wh-o-n.shared_out_wh}return{shared:r.shared_wh,fromGrid:e,surplus:t}}function Fs(r){let e=r.flats.filter(n=>n.shared_in_wh>0),t=e.reduce((n,o)=>n+o.shared_in_wh,0);return t===0?null:-e.reduce((n,o)=>n+o.inside_money,0)/t}var Rt=class extends I{constructor(){super(...arguments);this.words=new W(this)}render(){let{t,f:n}=this.words;if(this.state===null)return f`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=Is(this.state),{latency_ms:s}=this.state,i=zs(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=zs(o.battery.known),d={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${n.power(o.bulk)}</p>
        </div>
        <div class="second" title=${t.now.sharedHelp}>
          <p class="quiet">${t.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(o.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(t.now.pv,o.pv)} ${this.sum(t.now.battery,o.battery,d)}
        <div>
          <dt>${t.now.common}</dt>
          <dd>${n.power(o.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${n.frequency(o.frequency)}</dd>
        </div>
        <div>
          <dt>${t.now.flats}</dt>
          <dd>
            <small>${t.now.online(o.online,o.flats)}</small>
            ${o.islanded>0?f`<span class="badge">${t.now.islanded(o.islanded)}</span>`:y}
          </dd>
        </div>
        <div>
          <dt>${t.now.latency}</dt>
          <dd>
            <small
              >${s===null?t.unknown:t.now.latencyValues(n.milliseconds(s.p50),n.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:t,partial:n}){let{t:o,f:s}=this.words;return t!==null&&n?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:n,partial:o},s=""){let{t:i,f:a}=this.words,l=n!==null&&o?f`<br /><small>${i.now.partial}</small>`:y;return f`<div>
      <dt>${t}</dt>
      <dd>${a.power(n)} <small>${n===null?y:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:n}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return y;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return f`<div class="slot">
      <div>
        <span>${t.now.slot} ${n.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};Rt.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},Rt.styles=[Y,D`
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: end;
        margin-bottom: 14px;
      }
      .big {
        font-size: 33px;
        font-weight: 640;
        line-height: 1.15;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .big.take {
        color: var(--take);
      }
      .big.give {
        color: var(--give);
      }
      .second {
        text-align: right;
      }
      .second .figure {
        font-size: 21px;
        font-weight: 620;
        color: var(--give);
        line-height: 1.2;
      }
      @media (max-width: 420px) {
        .big {
          font-size: 29px;
        }
        .second .figure {
          font-size: 18px;
        }
      }
      dl.rest {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1px;
        background: var(--line);
        border: 1px solid var(--line);
        border-radius: 10px;
        overflow: hidden;
      }
      .rest > div {
        background: var(--card);
        padding: 7px 12px 8px;
      }
      .rest dd {
        font-size: 16px;
        font-weight: 560;
      }
      .rest small {
        font-weight: 400;
        color: var(--quiet);
        font-size: 12px;
      }
      .badge {
        display: block;
        color: var(--warn);
        font-size: 12.5px;
      }
      .slot {
        margin-top: 14px;
      }
      .slot > div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 5px;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `];function zs(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}customElements.define("building-now",Rt);var Bt=class extends I{constructor(){super(...arguments);this.words=new W(this)}render(){let{kind:t}=this.connection;return f`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:n}=this.words;switch(this.connection.kind){case"connecting":return n.connection.connecting;case"live":return n.connection.live;case"restricted":return n.connection.restricted;case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?n.connection.lost(o):n.connection.retrying}}}};Bt.properties={connection:{attribute:!1},clock:{attribute:!1}},Bt.styles=[Y,D`
      div {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        padding: 4px 12px;
        border-radius: 99px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      i {
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--quiet);
        flex: none;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .lost {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .lost i {
        border-color: var(--warn);
      }
    `];customElements.define("connection-state",Bt);var qs={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Ps=r=>(...e)=>({_$litDirective$:r,values:e}),Mr=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:al}=ao,Ds=r=>r;var Vs=()=>document.createComment(""),st=(r,e,t)=>{let n=r._$AA.parentNode,o=e===void 0?r._$AB:e._$AA;if(t===void 0){let s=n.insertBefore(Vs(),o),i=n.insertBefore(Vs(),o);t=new al(s,i,r,r.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==r;if(a){let l;t._$AQ?.(r),t._$AM=r,t._$AP!==void 0&&(l=r._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let d=Ds(l).nextSibling;Ds(n).insertBefore(l,o),l=d}}}return t},Ce=(r,e,t=r)=>(r._$AI(e,t),r),ll={},Ws=(r,e=ll)=>r._$AH=e,js=r=>r._$AH,Or=r=>{r._$AR(),r._$AA.remove()};var Ks=(r,e,t)=>{let n=new Map;for(let o=e;o<=t;o++)n.set(r[o],o);return n},Mt=Ps(class extends Mr{constructor(r){if(super(r),r.type!==qs.CHILD)throw Error("repeat() can only be used in text expressions")}dt(r,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let o=[],s=[],i=0;for(let a of r)o[i]=n?n(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(r,e,t){return this.dt(r,e,t).values}update(r,[e,t,n]){let o=js(r),{values:s,keys:i}=this.dt(e,t,n);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,u=0,h=o.length-1,p=0,w=s.length-1;for(;u<=h&&p<=w;)if(o[u]===null)u++;else if(o[h]===null)h--;else if(a[u]===i[p])l[p]=Ce(o[u],s[p]),u++,p++;else if(a[h]===i[w])l[w]=Ce(o[h],s[w]),h--,w--;else if(a[u]===i[w])l[w]=Ce(o[u],s[w]),st(r,l[w+1],o[u]),u++,w--;else if(a[h]===i[p])l[p]=Ce(o[h],s[p]),st(r,o[u],o[h]),h--,p++;else if(d===void 0&&(d=Ks(i,p,w),c=Ks(a,u,h)),d.has(a[u]))if(d.has(a[h])){let b=c.get(i[p]),E=b!==void 0?o[b]:null;if(E===null){let R=st(r,o[u]);Ce(R,s[p]),l[p]=R}else l[p]=Ce(E,s[p]),st(r,o[u],E),o[b]=null;p++}else Or(o[h]),h--;else Or(o[u]),u++;for(;p<=w;){let b=st(r,l[w+1]);Ce(b,s[p]),l[p++]=b}for(;u<=h;){let b=o[u++];b!==null&&Or(b)}return this.ut=i,Ws(r,l),ye}});var dl=24,cl=40,ul=620,hl={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},it=6;function fl(r){let e=/(\d{1,2})\d{2}\D?$/.exec(r)?.[1];return e===void 0?null:Number(e)}function Gs(r,e){let t=gl(r.flats.length,e),n=hl[t],{riserX:o,firstX:s}=n,i=ml(r.flats),a=Math.max(e-s-it,n.tileWidth),l=Math.max(1,Math.floor((a+n.gap)/(n.tileWidth+n.gap))),d=Math.max(1,...i.map(({flats:B})=>B.length)),c=Math.ceil(d/Math.ceil(d/l)),u=Math.min(n.widest,Math.floor((a+n.gap)/c-n.gap)),h=[],p=[],w=[],b=[],E=it,R=(B,C,M)=>{let H=E+M+n.drop;C.forEach(({flat:x,watt:T},S)=>{let U=s+S*(u+n.gap),P=Math.round(U+u/2);h.push({x:U,y:E,width:u,height:M,flat:x});let X=S===0?o:Math.round(P-u-n.gap),se=fe(C.slice(S).map(Se=>Se.watt));p.push({key:`bus ${B} ${S}`,x1:X,y1:H,x2:P,y2:H,power:se});let pe=fe([T]),ke=E+M;p.push({key:`drop ${B} ${S}`,x1:P,y1:H,x2:P,y2:ke,power:pe})}),b.push({y:H,power:fe(C.map(x=>x.watt)),name:B}),E=H+n.gap+4};for(let{floor:B,flats:C}of i){w.push({x:o-10,y:E+Math.min(n.tileHeight/2,20),floor:B});for(let M=0;M<C.length;M+=c){let H=C.slice(M,M+c).map(x=>({flat:x,watt:x.grid_w}));R(`${B??"?"}/${M}`,H,n.tileHeight)}}E+=2,R("common",[{flat:null,watt:r.building.common_w}],n.commonHeight);let A=E+4,m=Math.min(168,Math.floor((e-it*2-40)/2)),v={x:it,y:A+14,width:m,height:58},$=Math.max(40,Math.min(140,e-it*2-m*2)),L={x:v.x+m+$,y:v.y,width:m,height:v.height};p.push(...pl(b,o,v.y));let q=v.y+v.height/2,O=fe([r.building.bulk_w]);p.push({key:"bulk",x1:L.x,y1:q,x2:v.x+v.width,y2:q,power:O});let k=v.y+v.height+it;return{width:e,height:k,size:t,tiles:h,lines:p,floors:w,groundY:A,meter:v,grid:L}}function pl(r,e,t){return r.map(({y:n,name:o},s)=>{let i=r.slice(0,s+1).map(d=>d.power),l={known:fe(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:e,y1:r[s+1]?.y??t,x2:e,y2:n,power:l}})}function ml(r){let e=new Map;for(let n of r){let o=fl(n.flat),s=e.get(o);s===void 0?e.set(o,[n]):s.push(n)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([n,o])=>({floor:n,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((n,o)=>(o.floor??-1)-(n.floor??-1))}function Ys(r,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(r)/e))}function gl(r,e){return r>dl&&e<ul?"small":r>cl?"medium":"large"}function Cn(r,{t:e,f:t}){let n=[e.picture.flat(r.flat)];return r.online||n.push(e.picture.offline),r.islanded===!0&&n.push(e.flat.islanded),n.push(r.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${Hn(r.grid_w,e)} ${t.power(r.grid_w)}`),r.pv_w!==null&&n.push(`${e.flat.pv} ${t.power(r.pv_w)}`),r.battery_w!==null&&n.push(`${e.flat.battery} ${In(r.battery_w,e)} ${t.power(r.battery_w)}`),r.soc!==null&&n.push(`${e.flat.soc} ${t.percent(r.soc)}`),n.join(", ")}function Hn(r,e){return r>0?e.picture.buying:r<0?e.picture.selling:e.picture.idle}function In(r,e){return r>0?e.now.discharging:r<0?e.now.charging:""}function Zs(r,e,t,n){let{x:o,y:s,width:i,height:a}=r,l={large:yl,medium:wl,small:bl}[t],[d,c,u]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return V`
    <title>${Cn(e,n)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(r,e,n)} ${xl(e,d,c,u)}
  `}function yl({x:r,y:e,width:t},n,{t:o,f:s}){let i=r+9,a=e+56;return V`
    <text class="name" x=${i} y=${e+18}>${n.flat}</text>
    ${n.islanded===!0?V`<text class="island" x=${r+t-22} y=${e+18}>${o.picture.islanded}</text>`:y}
    ${Xs(n.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(n.grid_w)}</text>
    ${Qs(i+5,a-4,n.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(n.pv_w)}</text>
    ${vl(i,a+7,n.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(n.soc)}</text>
    <text class="small end ${n.battery_w===null?"":"battery"}" x=${r+t-9} y=${a+16}>${$l(n.battery_w,s)}</text>
  `}function wl({x:r,y:e,width:t,height:n},o,{f:s}){let i=r+8;return V`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${Xs(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${Qs(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${Js(i,e+n-7,t-16,o.soc)}
  `}function bl({x:r,y:e,width:t,height:n},o,{f:s}){return V`
    <text class="name" x=${r+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${Ot(o.grid_w)}" x=${r+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${Js(r+6,e+n-8,t-12,o.soc)}
  `}function xl(r,e,t,n){let o=r.islanded===!0?"island":r.online?"online":"offline";return V`<circle class="mark ${o}" cx=${e} cy=${t} r=${n} />
    ${o==="offline"?V`<path class="mark offline" d="M${e-n-1} ${t+n+1}l${2*n+2} ${-2*n-2}" />`:y}`}function Xs(r,e,t){if(r===null||r===0)return y;let n=r>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return V`<path class="arrow ${Ot(r)}" d=${n} />`}function Qs(r,e,t){let n=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(r+a*c).toFixed(2)} ${(e+l*c).toFixed(2)}`).join("L")}`});return V`<circle class="sun ${n}" cx=${r} cy=${e} r="2.4" /><path class="rays ${n}" d=${o.join("")} />`}function vl(r,e,t){let n=t===null?0:Math.max(0,Math.min(1,t/100))*7;return V`
    <rect class="cell" x=${r+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${r+3} y=${e+1.75+(7-n)} width="4" height=${n} />
  `}function $l(r,e){return r===null||r===0?e.power(r):`${r>0?"−":"+"}${e.power(r)}`}function Js(r,e,t,n){if(n===null)return y;let o=Math.max(0,Math.min(1,n/100))*t;return V`<rect class="track" x=${r} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${r} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function Ot(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}var ei=D`
  .frame {
    min-height: 120px;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    user-select: none;
  }
  text {
    fill: var(--text);
    font-size: 12px;
  }
  .name {
    font-size: 13px;
    font-weight: 640;
  }
  .watt {
    font-size: 14.5px;
    font-weight: 600;
  }
  .watt.take,
  .arrow.take {
    fill: var(--take);
  }
  .watt.give,
  .arrow.give {
    fill: var(--give);
  }
  .medium .watt {
    font-size: 13px;
  }
  .small .name,
  .small .watt {
    font-size: 11.5px;
  }
  .tight .name,
  .tight .watt {
    font-size: 11.5px;
  }
  .node .watt {
    font-size: 18px;
  }
  .end {
    text-anchor: end;
  }
  .middle {
    text-anchor: middle;
  }
  text.small {
    font-size: 11.5px;
    fill: var(--quiet);
  }
  text.small.battery {
    fill: var(--battery);
  }
  .floor {
    font-size: 11.5px;
    fill: var(--quiet);
    text-anchor: end;
  }
  .island {
    fill: var(--warn);
    font-size: 11px;
    font-weight: 640;
    text-anchor: end;
  }
  .tile {
    fill: var(--card);
    stroke: var(--line);
    stroke-width: 1;
  }
  .flat {
    cursor: pointer;
  }
  .flat:hover .tile {
    stroke: var(--quiet);
  }
  .flat:focus {
    outline: none;
  }
  .flat:focus-visible .tile,
  .flat.chosen .tile {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .flat.islanded .tile {
    fill: var(--warn-soft);
    stroke: var(--warn);
  }
  .flat.offline .tile {
    fill: var(--sunken);
    stroke-dasharray: 4 3;
  }
  .flat.offline text {
    fill: var(--quiet);
  }
  .common .tile {
    fill: var(--sunken);
  }
  .earth {
    fill: var(--sunken);
  }
  .mark {
    stroke-width: 1.6;
    fill: none;
  }
  .mark.online {
    fill: var(--good);
  }
  .mark.island {
    fill: var(--warn);
  }
  .mark.offline {
    stroke: var(--quiet);
  }
  .sun {
    fill: var(--solar-fill);
  }
  .rays {
    stroke: var(--solar-fill);
    stroke-width: 1.2;
    stroke-linecap: round;
  }
  .sun.unknown {
    fill: var(--line);
  }
  .rays.unknown {
    stroke: var(--line);
  }
  .track {
    fill: var(--line);
  }
  .cell {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.1;
  }
  .charge {
    fill: var(--battery);
  }
  .pylon {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }

  .line {
    fill: none;
    stroke: var(--line);
    stroke-linecap: round;
  }
  .line.take {
    stroke: var(--take-soft);
  }
  .line.give {
    stroke: var(--give-soft);
  }
  .line.unknown {
    stroke: var(--quiet);
    stroke-dasharray: 2 5;
    opacity: 0.6;
  }
  .line.partial:not(.unknown) {
    opacity: 0.75;
  }
  .flow {
    fill: none;
    stroke-linecap: round;
    stroke-dasharray: 0.1 13;
  }
  .flow.take {
    stroke: var(--take);
    animation: along 1.3s linear infinite;
  }
  .flow.give {
    stroke: var(--give);
    animation: along 1.3s linear infinite reverse;
  }
  :host([stale]) .flow {
    animation-play-state: paused;
  }
  :host([stale]) svg {
    opacity: 0.55;
  }
  /* One step of the dashes: the picture repeats without a seam. */
  @keyframes along {
    from {
      stroke-dashoffset: 13.1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      animation: none !important;
    }
  }

  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 10px 0 0;
    padding: 0;
    color: var(--quiet);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    width: 22px;
    height: 5px;
    border-radius: 3px;
    margin-right: 6px;
    vertical-align: middle;
    background: var(--line);
  }
  .legend .take {
    background: var(--take);
  }
  .legend .give {
    background: var(--give);
  }
  .legend .unknown {
    background: repeating-linear-gradient(90deg, var(--quiet) 0 2px, transparent 2px 6px);
    height: 2px;
  }
  .legend .warn {
    color: var(--warn);
  }
  flat-detail {
    margin-top: 12px;
  }
`;var Lt=class extends I{constructor(){super(...arguments);this.words=new W(this)}render(){let{t,f:n}=this.words,{flat:o}=this,s=o.grid_w===null?"":Hn(o.grid_w,t),i=o.battery_w===null?"":In(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return f`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,n.age(a))} ${this.pair(t.flat.grid,`${n.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,n.power(Hs(o)))} ${this.pair(t.flat.pv,n.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${n.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,n.percent(o.soc))} ${this.pair(t.flat.frequency,n.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
    `}settled(){let{t,f:n}=this.words,o=this.lastSlot;if(o===null)return y;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return f`
      <h4>${t.flat.lastSlot(n.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?f`<p class="quiet">${t.flat.notInSlot}</p>`:f`<dl>
              ${this.pair(t.flat.imported,n.energy(s.import_wh))}
              ${this.pair(t.flat.exported,n.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,n.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,n.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,n.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,n.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:n,f:o}=this.words;return t===null?n.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,n){return f`<div>
      <dt>${t}</dt>
      <dd>${n}</dd>
    </div>`}};Lt.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1}},Lt.styles=[Y,D`
      :host {
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: 15px;
      }
      h4 {
        margin: 12px 0 6px;
        font-size: 13px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(172px, 1fr));
        gap: 8px 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .wide {
        grid-column: 1 / -1;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
    `];customElements.define("flat-detail",Lt);var El=5,kl=2e3,Sl=240,Nt=class extends I{constructor(){super();this.words=new W(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?f`<p class="quiet">${t.loading}</p>`:this.width===0?y:this.picture(this.state,Gs(this.state,Math.max(this.width,Sl)))}
      </div>
      ${this.state===null?y:f`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,n){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=n,u=Math.max(kl,...a.map(({power:h})=>Math.abs(h.known??0)));return f`
      <svg
        class=${n.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(t.flats.length)}
      >
        <rect class="earth" x="0" y=${c} width=${s} height=${i-c} rx="10" />
        <g aria-hidden="true">
          ${Mt(a,({key:h})=>h,h=>_l(h,u))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:h,x:p,y:w})=>h===null?y:V`<text class="floor" x=${p} y=${w+4}>${o.picture.floor(h)}</text>`)}
        </g>
        <g role="list">
          ${Mt(l,({flat:h})=>h?.flat??"",h=>this.tile(h,n.size,t))}
        </g>
        ${this.bulk(n,t)}
      </svg>
    `}tile(t,n,o){let{flat:s}=t;if(s===null)return this.commonTile(t,n,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return V`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${Cn(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${Zs(t,s,n,this.words)}</g></g>`}commonTile({x:t,y:n,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),u=t+(i==="small"?6:9),h=i==="large"?[n+22,t+o-9,n+22]:[n+14,u,n+s-5];return V`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${t} y=${n} width=${o} height=${s} rx="9" />
      <text class="name" x=${u} y=${h[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${h[1]} y=${h[2]}>${c}</text>
    </g>`}bulk({meter:t,grid:n},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${n.x+22} ${n.y+47}l7 -34l7 34M${n.x+20} ${n.y+20}h18M${n.x+22} ${n.y+28}h14M${n.x+25} ${n.y+33}l9 8M${n.x+33} ${n.y+33}l-9 8`;return V`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${Ot(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${n.x} y=${n.y} width=${n.width} height=${n.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${n.x+50} y=${n.y+26}>${s.picture.grid}</text>
        <text class="small" x=${n.x+50} y=${n.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return f`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?f`<li class="warn">${t.connection.stale}</li>`:f`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let n=t.flats.find(o=>o.flat===this.chosen);return n===void 0?y:f`<flat-detail
      .flat=${n}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      @close=${()=>this.choose(n)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,n){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(n))}};Nt.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},width:{state:!0},chosen:{state:!0}},Nt.styles=[Y,ei];function _l({x1:r,y1:e,x2:t,y2:n,power:o},s){let i=o.known,a=i===null?1.5:Ys(i,s),l=`${Ot(i)}${o.partial?" partial":""}`,d=`M${r} ${e}L${t} ${n}`,c=i!==null&&Math.abs(i)>=El;return V`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?V`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:y}`}customElements.define("flow-picture",Nt);var Tl=6e4,Al=6e5;function ri(r,e,t,n){let{status:o}=r,s=o.kind==="checked",i=Rl(r.quorum,e);return{flats:s?o.tally.find(({group:a})=>a===Mn)??null:ti(e),others:s?o.tally.filter(({group:a})=>a!==Mn):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&ti(e)===null?null:Bl(i,t,n)}}function ti(r){return r===null||r.cosigners===null||r.witnesses===null||r.needed===null||r.needed===0?null:{signed:r.cosigners,members:r.witnesses,needed:r.needed}}function Rl(r,e){let{quorum_size:t=null,quorum_ms:n=null}=e??{};return t!==null&&n!==null&&t>(r?.size??0)?{size:t,ms:n,verifiedHere:!1}:r===null?null:{...r,verifiedHere:!0}}function Bl(r,e,t){return e.size===null||e.ageMs===null||e.size<=(r?.size??0)||e.ageMs<=Tl?null:r!==null&&t-r.ms>Al?"old":"waits"}var Ct=class extends I{constructor(){super(...arguments);this.words=new W(this)}render(){let{t}=this.words,n=ri(this.view,this.told,this.head,this.now),o=this.told?.mirrors??null,s=n.verifiedHere&&n.quorum?.verifiedHere!==!1;return f`<h3>${t.witnesses.heading} ${s&&this.anybody(n)?this.mark():y}</h3>
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(n,!s)}</div>
      ${o===null?y:f`<h3>${t.witnesses.copies}</h3>
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:t,others:n}){return t!==null||n.length>0}mark(){return f`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(t,n){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(t)?f`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:f`${this.signed(t,n)} ${this.quorum(t,n)} ${this.troubles(t)}`}signed({flats:t,others:n,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():y,d=n.map(({signed:p,members:w,needed:b})=>f`<p class="outside">
          ${i.witnesses.outside(a.number(p),a.number(w),a.number(b))} ${l}
        </p>`);if(t===null)return f`${d}`;let{signed:c,members:u,needed:h}=t;return f`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(u),a.number(h))} ${l}
      </p>
      ${d}`}quorum({quorum:t},n){let{t:o,f:s}=this.words;if(t===null)return f`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=t.verifiedHere&&n?this.mark():y;return f`<p class="quorum" data-here=${t.verifiedHere}>
      ${o.witnesses.quorum(s.moment(t.ms,this.now),s.number(t.size))} ${i}
    </p>`}troubles({warning:t,quorum:n}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return f`${i.kind==="checked"&&i.wrong.length>0?f`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:y}
    ${t===null?y:f`<p class="warning" data-kind=${t} role="status">
            ${t==="old"&&n!==null?o.witnesses.old(s.moment(n.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?f`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:y}
    ${i.kind==="unreachable"||i.kind==="failed"?f`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:y}`}copies(t){let{t:n,f:o}=this.words;if(t.length===0)return f`<p class="quiet">${n.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...t.map(({size:a})=>a)),i=t.filter(({size:a})=>a===s).length;return f`<p>${n.witnesses.copiesHeld(o.number(t.length),o.number(i),o.number(s))}</p>
      <ul>
        ${t.map(({flat:a,size:l,signed_ms:d})=>f`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?n.unknown:n.picture.flat(a)}${l===s?" ✓":`${n.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(t){let{t:n}=this.words;return t.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):n.picture.flat(s)}).join(n.witnesses.comma)}};Ct.properties={view:{attribute:!1},told:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Ct.styles=[Y,D`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 14px;
        padding-top: 12px;
        font-size: 13.5px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 13.5px;
        font-weight: 650;
      }
      h3:not(:first-child) {
        margin-top: 12px;
      }
      p + p {
        margin-top: 3px;
      }
      .here {
        color: var(--good);
        font-size: 12.5px;
        font-weight: 400;
        white-space: nowrap;
      }
      .warning {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .wrong {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border: 1px solid var(--line);
        border-radius: 99px;
        padding: 0 10px;
        font-size: 12.5px;
      }
      li.behind {
        background: var(--sunken);
        color: var(--quiet);
      }
    `];customElements.define("witness-panel",Ct);var Ht=class extends I{constructor(){super(...arguments);this.words=new W(this)}render(){let{t,f:n}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?f`<p class="before">${t.log.failedBefore(i,n.time(a))}</p>`:y}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:n.number(ni(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:Ml(s.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${n.age(this.ageMs)}</dd>
        <dt title=${t.log.fingerprintHelp}>${t.log.fingerprint}</dt>
        <dd title=${t.log.fingerprintHelp}><code>${this.fingerprint??t.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${o.kind==="checking"} @click=${()=>this.ask("verify-all")}>
        ${t.log.again}
      </button>
      <witness-panel
        .view=${this.witnesses}
        .told=${this.witnessed}
        .head=${{size:s===null?null:ni(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
      ></witness-panel>
    </section>`}status(){let{t,f:n}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return f`<strong>${t.log.waiting}</strong>`;case"checking":return f`<strong>${t.log.checking(n.number(o.done),n.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[n.number(s),n.number(Math.max(1,Math.round(a)))],u=i===s?t.log.verifiedAll(d,c):i===0?t.log.verifiedSame(d):t.log.verifiedRest(d,n.number(i),c);return f`<strong>${t.log.verified} ✓</strong>
          <p>${u}</p>
          ${l===null||l===0||l===s?y:f`<p>${t.log.continues(n.number(l))}</p>`}`}case"unreachable":return f`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return f`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${t.log.reasons[o.code]}</p>
          ${o.index===null?y:f`<p>${t.log.entry(String(o.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?f`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${t.log.forget}</button>`:y}
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};Ht.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Ht.styles=[Y,D`
      .state {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 10px 0 14px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .state strong {
        display: block;
        font-size: 16px;
        font-weight: 650;
        line-height: 1.4;
      }
      .verified {
        background: var(--good-soft);
        border-color: transparent;
      }
      .verified strong {
        color: var(--good);
      }
      .unreachable {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .failed {
        background: var(--bad-soft);
        border-color: var(--bad);
      }
      .failed strong {
        color: var(--bad);
      }
      .state p {
        font-size: 13.5px;
        margin-top: 4px;
      }
      details {
        margin-top: 8px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      .technical {
        overflow-wrap: anywhere;
        margin: 6px 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 14px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
      .before {
        color: var(--bad);
        font-size: 13px;
        margin-bottom: 10px;
      }
    `];function ni(r){return/^[0-9]{1,15}$/.test(r)?Number(r):null}function Ml(r){return r.length>20?`${r.slice(0,8)}…${r.slice(-8)}`:r}customElements.define("log-panel",Ht);var Lr="c2sp.org/tlog-proof@v1",oi=63,Ol=12e5;function si(r){if(r.length>Ol)throw new g("format",`a proof of ${r.length} bytes`);let e=r.findIndex((i,a)=>i===10&&r[a+1]===10);if(e<0)throw new g("format","a proof has an empty line before its head");let t=r.slice(0,e);if(t.some(i=>i>127))throw new g("format","a proof's own lines are ASCII");let n=new TextDecoder().decode(t).split(`
`);if(n.shift()!==Lr)throw new g("format",`a proof starts with ${Lr}`);n[0]?.startsWith("extra ")===!0&&ve(n.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=n;if(!o.startsWith("index "))throw new g("format","a proof tells the index of its entry");if(s.length>oi)throw new g("format",`a proof's path has at most ${oi} hashes`);return{index:wr(o.slice(6),"the proof's index"),path:s.map(i=>Le(ve(i,"a hash of the proof's path"))),checkpoint:r.slice(e+2)}}var N=class extends Error{constructor(t,n){super(n);this.code=t;this.name="RecordError"}};var Ll=23,ii=8,[Nl,Cl,Hl,Il,Ul,Fl,zl,ql]=[0,1,2,3,4,5,6,7],[Pl,ai]=[20,21];function Qe(r,e){let t=new Un(r,e),n=t.value(0);return t.end(),n}var Un=class{constructor(e,t){this.data=e;this.what=t;this.at=0;this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}value(e){let t=this.take(1),n=this.view.getUint8(t),[o,s]=[n>>5,n&31];if(o===ql){if(s!==Pl&&s!==ai)throw this.refuse("holds a float, null or another value that no record has");return s===ai}if(o===zl)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case Nl:return i;case Cl:return-1-i;case Hl:return this.bytes(i);case Il:return this.text(i);case Ul:return this.list(i,this.deeper(e));case Fl:return this.map(i,this.deeper(e));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(e){if(e<24)return e;if(e>27)throw this.refuse("holds a part of open length");let t=2**(e-24),n=this.take(t),o=this.bigEndian(n,t),s=e===24?24:2**(4*t);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(e,t){switch(t){case 1:return this.view.getUint8(e);case 2:return this.view.getUint16(e);case 4:return this.view.getUint32(e);default:return Number(this.view.getBigUint64(e))}}bytes(e){let t=this.take(e);return this.data.slice(t,t+e)}text(e){let t=this.bytes(e);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{throw this.refuse("holds text that is no UTF-8")}}list(e,t){let n=[];for(let o=0;o<e;o+=1)n.push(this.value(t));return n}map(e,t){let n=new Map,o=-1;for(let s=0;s<e;s+=1){let i=this.value(t);if(typeof i!="number"||i<0||i>Ll)throw this.refuse("has a map key beyond 0 to 23");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,n.set(i,this.value(t))}return n}deeper(e){if(e>=ii)throw this.refuse(`nests more than ${ii} deep`);return e+1}take(e){let t=this.at;if(e>this.data.length-t)throw this.refuse("ends too early");return this.at+=e,t}refuse(e){return new N("encoding",`${this.what} ${e}`)}};var He=class{constructor(e,t){this.what=t;if(!(e instanceof Map))throw new N("field",`${t} is not a map`);this.left=new Map(e)}optional(e,t){return this.left.has(e)?t(e):null}unsigned(e,t,n=Number.MAX_SAFE_INTEGER){let o=this.take(e,t);if(typeof o!="number"||o<0||o>n)throw this.refuse(t,`an integer from 0 to ${n}`);return o}integer(e,t){let n=this.take(e,t);if(typeof n!="number")throw this.refuse(t,"an integer");return n}exactly(e,t,n){if(this.take(e,t)!==n)throw this.refuse(t,`${n}: a program of another version wrote it`)}bytes(e,t,n){let o=this.take(e,t);if(!(o instanceof Uint8Array)||o.length!==n)throw this.refuse(t,`${n} bytes`);return o}text(e,t,n=64){let o=this.take(e,t);if(typeof o!="string"||[...o].length>n)throw this.refuse(t,`text of at most ${n} letters`);return o}list(e,t){let n=this.take(e,t);if(!Array.isArray(n))throw this.refuse(t,"a list");return n}map(e,t){let n=this.take(e,t);if(!(n instanceof Map))throw this.refuse(t,"a map");return n}end(){for(let e of this.left.keys())throw new N("field",`${this.what} has the unknown key ${e}`)}take(e,t){let n=this.left.get(e);if(n===void 0)throw new N("field",`${this.what} lacks ${t} (key ${e})`);return this.left.delete(e),n}refuse(e,t){return new N("field",`${this.what}: ${e} is not ${t}`)}};var Dl=4096,Vl="application/vnd.local-vpp.etp+cbor",Wl=1,li=32,jl=16,Kl=8,Gl=[-8,-19,-7,-9],Yl=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased"];function di(r){if(r.length>Dl)throw new N("encoding",`the envelope has ${r.length} bytes`);if(r[0]!==210||r[1]!==132)throw new N("encoding","the envelope is not a tagged COSE_Sign1");let[e,t,n,o]=Qe(r.slice(1),"the envelope");if(!Fn(e)||!(t instanceof Map)||!Fn(n)||!Fn(o))throw new N("field","the envelope is not a COSE_Sign1 of four parts");if(t.size>0)throw new N("field","the envelope has headers that nobody signed");let{issuer:s,subject:i}=Zl(e),a=new He(Qe(n,"the envelope's payload"),"the envelope");a.exactly(0,"version",Wl);let l=de(a.bytes(1,"device",jl));a.unsigned(2,"epoch");let d=a.unsigned(3,"seq");a.bytes(4,"prev",li);let c=Yl[a.unsigned(5,"kind")],u=a.unsigned(6,"slot"),h=a.bytes(7,"commitment",li);if(a.optional(8,p=>a.list(p,"enrolled key")),a.end(),c===void 0)throw new N("field","the envelope is of a kind that this page does not know");if(d<1)throw new N("field","the envelope: seq is 0, the first record has 1");if(s!==`urn:local-vpp:device:${l}`)throw new N("field",`the envelope names the issuer ${s}, but the device ${l}`);return{device:l,building:i,seq:d,kind:c,slot:u,commitment:h}}function Zl(r){let e=new He(Qe(r,"the protected header"),"the protected header"),[t,n]=[e.integer(1,"algorithm"),new He(e.map(15,"claims"),"the claims")],o=e.text(3,"content type");e.bytes(4,"key id",Kl),e.end();let[s,i]=[n.text(1,"issuer",200),n.text(2,"subject",200)];if(n.end(),!Gl.includes(t))throw new N("field",`the algorithm ${t} is none of records`);if(o!==Vl)throw new N("field",`the content type is ${o}`);return{issuer:s,subject:i}}function Fn(r){return r instanceof Uint8Array}var ci=16*1024,Xl=1,Ql=32,hi=32,ui=16,Jl=3600,ed=1e5,td=7,rd=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"];function fi(r){if(r.length>ci)throw new N("encoding",`the file has ${r.length} bytes, a record at most ${ci}`);let e=Qe(r,"the file"),[t,n,o,...s]=Array.isArray(e)?e:[];if(!Nr(t)||!Nr(n)||!Nr(o)||s.length>0)throw new N("field","a record is [envelope, salt, body]");if(n.length!==Ql)throw new N("field",`the salt has ${n.length} bytes`);return{entry:t,envelope:di(t),salt:n,body:o}}function pi({entry:r}){return de(Ne(r))}function mi({envelope:r,salt:e,body:t}){if(!oe(Ne($e(e,t)),r.commitment))throw new N("commitment","SHA-256 of salt and body is not the commitment that the envelope has");return nd(t)}function nd(r){let e=new He(Qe(r,"the body"),"the body");e.exactly(1,"version",Xl);let t=i=>a=>sd(e.list(a,i),i),n={startMs:e.unsigned(2,"start"),endMs:e.unsigned(3,"end"),slotSeconds:e.unsigned(15,"slot length",Jl),sender:de(e.bytes(5,"sender",ui)),receiver:de(e.bytes(6,"receiver",ui)),energyWh:e.unsigned(7,"energy"),imported:e.optional(8,t("import register")),exported:e.optional(9,t("export register")),sources:id(e.map(10,"sources")),millihertz:e.optional(11,i=>e.unsigned(i,"frequency",ed)),place:e.optional(12,i=>e.text(i,"place")),meterStatus:e.unsigned(13,"meter status",3),errors:e.unsigned(14,"error flags",td),price:e.optional(16,i=>e.unsigned(i,"price")),meter:e.optional(20,i=>e.text(i,"meter")),logSize:e.optional(21,i=>e.unsigned(i,"log size")),reason:e.optional(22,i=>e.text(i,"reason"))};e.unsigned(4,"time status",3);let o=e.optional(17,i=>e.bytes(i,"root of the seconds",hi)),s=e.optional(18,i=>e.unsigned(i,"number of seconds"));if(e.optional(19,i=>ad(e.list(i,"evidence"))),e.end(),o===null!=(s===null))throw Ee("the root of the seconds and their number go together");return od(n),n}function od({startMs:r,endMs:e,slotSeconds:t,sender:n,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(r>e)throw Ee("the interval ends before it starts");if(t<1)throw Ee("a slot has at least one second");if(n===o&&s>0)throw Ee("energy does not move from a device to itself");if(a!==s)throw Ee(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function sd(r,e){let[t,n,...o]=r;if(typeof t!="number"||typeof n!="number"||t<0||o.length>0)throw Ee(`${e} is not [begin, end] in Wh`);if(n<t)throw Ee(`${e} runs backwards`);return{begin:t,end:n}}function id(r){let e=[...r].map(([t,n])=>{let o=rd[t];if(o===void 0||typeof n!="number"||n<=0)throw Ee("a source is unknown or empty");return[o,n]});return Object.fromEntries(e)}function ad(r){if(r.length===0||!r.every(e=>Nr(e)&&e.length===hi))throw Ee("evidence is not a list of hashes")}function Ee(r){return new N("field",`the body: ${r}`)}function Nr(r){return r instanceof Uint8Array}function gi(r){let e=new TextEncoder().encode(Lr);return oe(r.slice(0,e.length),e)}function yi(r,e,t){let n=new zn,o=n.try("record",()=>fi(r)),s=n.after("body",o,mi);n.after("building",o,({envelope:c})=>{if(c.building!==t.key.name)throw new J("otherBuilding",`it is meant for ${c.building}, not for ${t.key.name}`)});let i=n.try("proof",()=>si(e)),a=n.after("head",i,({checkpoint:c})=>ot(c,t.key));n.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},ld);let l=n.after("witnesses",a&&i,c=>dd(c,t.policy));n.after("here",o&&i&&{sealed:o,proof:i},c=>cd(c,t));let{checks:d}=n;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:n.cosignatures??l,tally:ud(t.policy,n.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var J=class extends Error{constructor(t,n,o="failed",s=null){super(n);this.reason=t;this.outcome=o;this.cosignatures=s}},zn=class{constructor(){this.checks=[];this.cosignatures=null}try(e,t){try{let n=t();return this.checks.push({step:e,outcome:"passed",reason:null,detail:null}),n}catch(n){let{outcome:o,reason:s}=this.judge(n);return this.checks.push({step:e,outcome:o,reason:s,detail:n instanceof Error?n.message:null}),null}}after(e,t,n){return this.try(e,()=>{if(t===null)throw new J("before","an earlier step has failed","open");return n(t)})}judge(e){if(e instanceof J)return this.cosignatures??=e.cosignatures,e;if(e instanceof N)return{outcome:"failed",reason:e.code};if(!(e instanceof g))throw e;let{code:t}=e;return{outcome:"failed",reason:t==="signature"||t==="origin"?t:"format"}}};function ld({sealed:r,proof:e,checkpoint:t}){let{index:n,path:o}=e,{size:s,root:i}=t;if(n>=s)throw new J("beyond",`the proof is for entry ${n}, its head has ${s} entries`);let a=ws(s,n,xr(r.entry),o);if(a===null)throw new J("pathLength",`${o.length} hashes do not lead from entry ${n} to the root of ${s}`);if(!oe(a,i))throw new J("path","the record and the path lead to another root")}function dd({checkpoint:r},e){if(e==="unknown")throw new J("noPolicy","the policy could not be read","open");if(e==="none"||e.asksForNobody)throw new J("noWitnesses","there is no policy","open");let{text:t,lines:n}=Tt(r),o=Tr(t,n,e);if(o.wrong.length>0)throw new J("wrongWitness",`wrong signature under the name of ${o.wrong.join(", ")}`,"failed",o);if(!e.isMet(new Set(o.times.keys())))throw new J("tooFew","the policy asks for more signatures","failed",o);return o}function cd({sealed:r,proof:e},t){let n=t.holds(e.index,pi(r));if(n===null)throw new J("notRemembered","only the newest entries are remembered","open");if(!n)throw new J("otherRecord",`entry ${e.index} of the verified log is another record`)}function ud(r,e){return e===null||typeof r=="string"?[]:r.tally(new Set(e.times.keys()))}var hd=2*1024*1024,It=class extends I{constructor(){super();this.words=new W(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(t,n){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await n;if(o!==this.turn)return;this.record={name:`${t}.etp`,data:s},this.proof={name:`${t}.tlog-proof`,data:i},await this.check()}catch(s){if(!fd(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof re?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t}=this.words,{report:n}=this;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.proof.heading}</h2>
      <p class="quiet">${t.proof.explanation}</p>
      <label
        class=${this.over?"over":""}
        @dragover=${o=>this.hover(o,!0)}
        @dragleave=${o=>this.hover(o,!1)}
        @drop=${o=>this.drop(o)}
      >
        <strong>${t.proof.choose}</strong>${t.proof.chooseWhich}
        <input class="unseen" type="file" multiple @change=${o=>this.pick(o)} />
      </label>
      ${this.files()}
      ${this.trouble===null?y:f`<p class="trouble" role="alert">${t.proof.troubles[this.trouble]}</p>`}
      <div role="status">${n===null?y:this.result(n)}</div>
    </section>`}files(){let{t}=this.words;if(this.record===null&&this.proof===null)return y;let n=(o,s)=>o===null?f`<li class="missing">– ${s}</li>`:f`<li>✓ ${o.name}</li>`;return f`<ul class="files">
      ${n(this.record,t.proof.missingRecord)} ${n(this.proof,t.proof.missingProof)}
    </ul>`}result(t){let{t:n}=this.words,{proven:o,checks:s,body:i,sealed:a}=t,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return f`<p class="verdict ${o?"proven":"refused"}">
        ${o?f`${n.proof.proven} ✓`:f`${n.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${s.map(d=>this.line(d,t))}
          </ul>
          <p class="unverified">${n.proof.notHere}</p>
        </div>
        ${i===null||a===null?y:f`<div>${this.content(i,a,o)}</div>`}
      </div>
      ${l.length===0?y:f`<details>
              <summary>${n.log.detail}</summary>
              ${l.map(({detail:d})=>f`<p>${d}</p>`)}
            </details>`}`}line(t,n){let{t:o}=this.words,{step:s,outcome:i,reason:a}=t,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(t,n):this.reason(t,n);return f`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?y:f`<span class="why">${d}</span>`}
    </li>`}more({step:t},n){let{t:o,f:s}=this.words;return t==="place"&&n.proof!==null&&n.checkpoint!==null?o.proof.place(String(n.proof.index),s.number(n.checkpoint.size)):t==="witnesses"?this.tally(n):null}reason({reason:t},n){let{t:o}=this.words;if(t===null)return null;let s=o.proof.reasons[t];if(t==="tooFew")return`${this.tally(n)}${o.proof.stop}${s}`;if(t==="wrongWitness"){let i=n.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:t}){let{t:n,f:o}=this.words;return t.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?n.proof.flats(...d):n.witnesses.outside(...d)}).join(n.proof.stop)}content(t,{envelope:n},o){let{t:s,f:i}=this.words,a=Object.entries(t.sources),l=[[s.proof.imported,t.imported],[s.proof.exported,t.exported]];return f`<h3>${s.proof.says}</h3>
      ${o?y:f`<p class="unverified">${s.proof.saysUnproven}</p>`}
      <dl>
        <dt>${s.records.kind}</dt>
        <dd>${s.records.kinds[n.kind]??n.kind}</dd>
        <dt>${s.proof.time}</dt>
        <dd data-value="time">${i.period(t.startMs,t.endMs)}</dd>
        <dt>${s.records.energy}</dt>
        <dd data-value="energy">${i.wattHours(t.energyWh)}</dd>
        <dt>${s.proof.from}</dt>
        <dd>${this.device(t.sender)}</dd>
        <dt>${s.proof.to}</dt>
        <dd>${this.device(t.receiver)}</dd>
        ${a.length===0?y:f`<dt>${s.records.sources}</dt>
                <dd>
                  ${a.map(([d,c])=>f`<div>${s.records.sourceNames[d]??d} ${i.wattHours(c)}</div>`)}
                </dd>`}
        ${l.map(([d,c])=>c===null?y:f`<dt>${d}</dt>
                <dd>${i.wattHours(c.begin)} → ${i.wattHours(c.end)}</dd>`)}
        ${t.millihertz===null?y:f`<dt>${s.records.frequency}</dt>
                <dd>${i.frequency(t.millihertz/1e3)}</dd>`}
        ${t.price===null?y:f`<dt>${s.slots.price}</dt>
                <dd>${i.price(t.price)}</dd>`}
        ${t.meter===null?y:f`<dt>${s.proof.meter}</dt>
                <dd>${t.meter}</dd>`}
        ${t.meterStatus===0&&t.errors===0?y:f`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(t)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(n.device)}</dd>
      </dl>`}remarks({meterStatus:t,errors:n}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(n&1<<a)!==0);return[o.proof.meterStatus[t]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}device(t){let n=this.names.get(t);return f`${n===void 0?y:f`<div>${this.party(t)}</div>`}<code
        >${t.slice(0,16)}<wbr />${t.slice(16)}</code
      >`}party(t){let{t:n}=this.words,o=this.names.get(t);return o===void 0?t.slice(0,16):n.records.parties[o]??n.picture.flat(o)}hover(t,n){t.preventDefault(),this.over=n}drop(t){t.preventDefault(),this.over=!1,this.take([...t.dataTransfer?.files??[]])}pick(t){let n=t.target,o=[...n.files??[]];n.value="",this.take(o)}async take(t){(this.report!==null||t.length>1)&&this.clear(),this.trouble=null;let n=this.turn;for(let o of t){if(o.size>hd){this.trouble="tooLarge";continue}let s=await pd(o);if(n!==this.turn)return;s===null?this.trouble="unreadable":gi(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:t,proof:n}=this;if(t===null||n===null)return;let o=this.turn,s=await this.known();o===this.turn&&(s===null?this.trouble="notKnown":this.report=yi(t.data,n.data,s))}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};It.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},It.styles=[Y,D`
      label {
        display: block;
        border: 1.5px dashed var(--line);
        border-radius: 10px;
        padding: 14px;
        margin: 10px 0;
        text-align: center;
        text-wrap: balance;
        font-size: 13.5px;
        cursor: pointer;
      }
      label:hover,
      label.over {
        background: var(--sunken);
        border-color: var(--accent);
      }
      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label strong {
        display: block;
        font-weight: 600;
        color: var(--accent);
      }
      .files {
        list-style: none;
        margin: 0 0 10px;
        padding: 0;
        font-size: 13px;
      }
      .files li {
        overflow-wrap: anywhere;
      }
      .files .missing {
        color: var(--quiet);
      }
      .trouble {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        font-size: 13.5px;
      }
      .verdict {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 4px 0 12px;
        font-size: 16px;
        font-weight: 650;
      }
      .verdict.proven {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.refused {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .result {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 0 32px;
      }
      .checks {
        list-style: none;
        margin: 0 0 14px;
        padding: 0;
        font-size: 13.5px;
      }
      .checks li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 4px 0;
      }
      .checks .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .failed .why {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .why {
        grid-column: 2;
        font-size: 13px;
      }
      .open .why {
        color: var(--quiet);
      }
      h3 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 3px 16px;
        font-size: 13.5px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      details {
        margin-top: 10px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      details p {
        overflow-wrap: anywhere;
        margin-top: 4px;
      }
      .unverified {
        color: var(--quiet);
        font-size: 12.5px;
        margin-bottom: 6px;
      }
    `];function fd(r){return[re,te,be].some(e=>r instanceof e)}async function pd(r){try{return new Uint8Array(await r.arrayBuffer())}catch(e){if(e instanceof DOMException)return null;throw e}}customElements.define("proof-check",It);var Ut=class extends I{constructor(){super();this.words=new W(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words,n=this.records?.filter(o=>this.all||!md(o))??[];return f`<section aria-labelledby="heading">
      <div class="top">
        <h2 id="heading">${t.records.heading}</h2>
        <label title=${t.records.showAllHelp}>
          <input
            type="checkbox"
            class="all"
            .checked=${this.all}
            @change=${o=>{this.all=o.target.checked}}
          />${t.records.showAll}
        </label>
      </div>
      ${this.records===null?f`<p class="quiet">${t.loading}</p>`:n.length===0?f`<p class="quiet">${this.records.length===0?t.records.none:t.records.onlyEmpty}</p>`:this.table(n)}
    </section>`}table(t){let{t:n}=this.words;return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${n.records.index}</th>
            <th role="columnheader" scope="col">${n.records.kind}</th>
            <th role="columnheader" scope="col">${n.records.slot}</th>
            <th role="columnheader" scope="col">${n.records.route}</th>
            <th role="columnheader" scope="col" class="number">${n.records.energy}</th>
            <th role="columnheader" scope="col">${n.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${n.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${n.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${n.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${Mt(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:n,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=n.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return f`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
      <td role="cell" class="number index">${t.index}</td>
      <td role="cell" class="kinds"><span class="kind ${t.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(t.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(t.sender)}<span class="arrow" aria-label=${n.records.to}>→</span
        >${this.party(t.receiver)}
      </td>
      <td role="cell" class="number energy">${o.energy(t.energy_wh)}</td>
      <td role="cell" class="colours">${this.sources(t)}</td>
      <td role="cell" class="number hz">${o.frequency(t.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(t)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${n.records.verifyHelp(t.index)}
          @click=${()=>this.verify(t.index)}
        >
          ${n.records.verify}
        </button>
      </td>
    </tr>`}verify(t){this.dispatchEvent(new CustomEvent("verify-record",{detail:t}))}party(t){let{t:n}=this.words;return t===null?n.unknown:n.records.parties[t]??t}sources({sources:t}){let{t:n,f:o}=this.words,s=Object.entries(t??{});return s.length===0?n.unknown:f`<span class="sources"
      >${s.map(([i,a])=>f`<span class="chip ${i}"
            ><i></i
            >${n.records.sourceNames[i]??i}${s.length>1?f` ${o.energy(a)}`:y}</span
          >`)}</span
    >`}mark(t){let{t:n}=this.words;switch(this.holds(t)){case!0:return f`<span class="held" role="img" aria-label=${n.records.held} title=${n.records.held}>✓</span>`;case!1:return f`<span class="bad" role="img" aria-label=${n.records.notHeld} title=${n.records.notHeld}>✗</span>`;case null:return f`<span role="img" aria-label=${n.records.notChecked} title=${n.records.notChecked}
          >${n.unknown}</span
        >`}}};Ut.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},Ut.styles=[Y,D`
      .scroll {
        max-height: 520px;
        overflow-y: auto;
        margin: 0 -18px -18px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
        text-align: start;
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        padding: 6px 8px;
        box-shadow: inset 0 -1px 0 var(--line);
        white-space: nowrap;
      }
      td {
        padding: 7px 8px;
        border-top: 1px solid var(--line);
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 18px;
      }
      th:last-child,
      td:last-child {
        padding-right: 18px;
      }
      .number {
        text-align: end;
      }
      .index {
        color: var(--quiet);
      }
      .kind {
        display: inline-block;
        min-width: 52px;
        text-align: center;
        padding: 0 8px;
        border-radius: 6px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 12.5px;
      }
      .kind.transfer {
        background: var(--give-soft);
        border-color: transparent;
      }
      .kind.gap,
      .kind.exception {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .sources {
        display: flex;
        gap: 5px;
        flex-wrap: wrap;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border-radius: 99px;
        border: 1px solid var(--line);
        padding: 0 9px 0 7px;
        font-size: 12px;
      }
      .chip i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--quiet);
      }
      .chip.solar i {
        background: var(--solar-fill);
      }
      .chip.grid i {
        background: var(--take);
      }
      .chip.battery i,
      .chip.vehicle i {
        background: var(--battery);
      }
      .chip.wind i,
      .chip.fuel_cell i {
        background: var(--give);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .top label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        color: var(--quiet);
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        margin: 0;
      }
      button.verify {
        padding: 1px 8px;
        font-size: 12px;
      }
      .held {
        color: var(--good);
        font-weight: 700;
      }
      .bad {
        color: var(--bad);
        font-weight: 700;
      }
      .arrow {
        color: var(--quiet);
        padding: 0 4px;
      }
      tr.fresh td {
        animation: fresh 2.5s ease-out;
      }
      @keyframes fresh {
        from {
          background: var(--good-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        tr.fresh td {
          animation: none;
        }
      }
      @media (max-width: 700px) {
        .scroll {
          margin: 0 -12px -14px;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 12px;
          border-top: 1px solid var(--line);
          align-items: center;
        }
        td,
        td:first-child,
        td:last-child {
          display: block;
          padding: 0;
          border: 0;
        }
        td.index {
          grid-area: 2 / 1;
          font-size: 12px;
        }
        td.kinds {
          grid-area: 1 / 1;
        }
        td.route {
          grid-area: 1 / 2;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        td.energy {
          grid-area: 1 / 3;
          font-weight: 600;
        }
        td.slot {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
        td.log {
          grid-area: 2 / 3;
          text-align: end;
        }
        td.colours {
          grid-area: 3 / 1 / auto / 3;
        }
        td.check {
          grid-area: 3 / 3;
        }
        td.hz {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `];function md({kind:r,energy_wh:e}){return r==="interval"&&e===0}customElements.define("record-table",Ut);var qn=48,Ft=352,Cr=132,wi=16,gd=48,zt=Ft/qn,qt=class extends I{constructor(){super();this.words=new W(this);this.chosen=null}render(){let{t}=this.words,n=this.slots?.[0];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?f`<p class="quiet">${t.loading}</p>`:n===void 0?f`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,n)}
    </section>`}filled(t,n){let{t:o}=this.words,s=wd(t,n),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return f`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?y:this.figures(i)} ${this.table(s)}
    `}chart(t,n){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:u})=>u.shared+u.fromGrid)),a=Math.max(0,...t.map(({energy:u})=>u.surplus)),l=(Cr-wi-14)/(i+a),d=14+i*l,c=yd([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return f`<svg viewBox="0 0 ${Ft} ${Cr}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${Ft}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(u=>this.bar(u,d,l,u===n))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${Ft}" />
      ${c.map(({x:u,slot:h})=>{let p=u<30?"start":u>Ft-30?"end":"middle",w=p==="start"?u:p==="end"?u+zt:u+zt/2;return V`<text x=${w.toFixed(1)} y=${Cr-3} text-anchor=${p}>${s.time(h.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:n,x:o},s,i,a){let l=(zt-1.4).toFixed(2),[d,c,u]=[n.shared,n.fromGrid,n.surplus].map(h=>h*i);return V`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${zt.toFixed(2)} height=${Cr-wi}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:n}){let{t:o,f:s}=this.words,i=n.shared+n.fromGrid,a=i===0?null:n.shared/i*100,l=(d,c)=>f`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return f`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(n.shared))} ${l(o.slots.price,s.price(Fs(t)))}
        ${l(o.slots.fromGrid,s.energy(n.fromGrid))} ${l(o.slots.surplus,s.energy(n.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?y:f`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:n,f:o}=this.words;return f`<div class="unseen">
      <table>
        <caption>
          ${n.slots.label(t.length)}
        </caption>
        <tr>
          <th scope="col">${n.slots.time}</th>
          <th scope="col">${n.slots.shared}</th>
          <th scope="col">${n.slots.fromGrid}</th>
          <th scope="col">${n.slots.surplus}</th>
        </tr>
        ${t.map(({slot:s,energy:i})=>f`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};qt.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},qt.styles=[Y,D`
      svg {
        display: block;
        width: 100%;
        height: auto;
        touch-action: pan-y;
      }
      .shared {
        fill: var(--give);
        background: var(--give);
      }
      .grid {
        fill: var(--take-soft);
        background: var(--take-soft);
      }
      .surplus {
        fill: var(--solar-fill);
        background: var(--solar-fill);
      }
      .zero {
        stroke: var(--quiet);
        stroke-width: 1;
      }
      .guide {
        stroke: var(--line);
        stroke-width: 1;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      .hit {
        fill: transparent;
      }
      .hit.chosen {
        fill: var(--quiet);
        opacity: 0.14;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 8px 0 0;
        padding: 0;
        font-size: 13px;
      }
      ul i {
        display: inline-block;
        width: 10px;
        height: 10px;
        border-radius: 3px;
        margin-right: 6px;
      }
      .one {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px 16px;
        margin-top: 10px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      .one > div {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .one dd {
        white-space: nowrap;
      }
      @media (max-width: 420px) {
        .one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .one .whole {
        grid-column: 1 / -1;
      }
      .missing {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
      }
    `];function yd(r){let e=[];for(let t of r)t!==void 0&&e.every(({x:n})=>Math.abs(n-t.x)>=gd)&&e.push(t);return e}function wd(r,e){return r.map(t=>({slot:t,energy:Us(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<qn).map(({slot:t,energy:n,behind:o})=>({slot:t,energy:n,x:(qn-1-o)*zt+.7}))}customElements.define("slot-chart",qt);var Pt=class extends I{constructor(){super();this.words=new W(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.snapshot=Nn,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=ee.language,this.store=new Br(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}verify(t){let n=this.store?.fetchProven(t),o=this.renderRoot.querySelector("proof-check");n!==void 0&&o?.checkFetched(t,n)}render(){let{t}=this.words,{building:n,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:u,witnesses:h,witnessed:p}=this.snapshot,w=o===null?null:o.time_ms+(this.clock-s),b=new Map(o?.flats.flatMap(({device:R,flat:A})=>R===null?[]:[[R,A]])??[]),E=l.kind==="restricted";return f`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${n?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock}></connection-state>
          <button
            class="language"
            lang=${ee.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>ee.change(ee.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${E?f`<p class="notice">${t.connection.restrictedHelp}</p>`:y}
      ${u===null?y:f`<p class="notice" role="alert">${t.connection.unreadable(u.event,u.problem)}</p>`}
      <main>
        <div class="wide">
          ${E?y:f`
                  <flow-picture
                    .state=${o}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  <record-table
                    .records=${i}
                    .serverNow=${w}
                    .log=${d}
                    @verify-record=${R=>this.verify(R.detail)}
                    .holds=${R=>this.store?.holds(R)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${b}></proof-check>
        </div>
        <div class="side">
          ${E?y:f`
                  <building-now
                    .state=${o}
                    .slotSeconds=${n?.slot_seconds??null}
                    .serverNow=${w}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${w}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${n?.fingerprint??null}
            .ageMs=${c===null||w===null?null:w-c}
            .witnesses=${h}
            .witnessed=${p}
            .now=${w??Date.now()}
            .names=${b}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
          ></log-panel>
        </div>
      </main>
    `}};Pt.properties={snapshot:{state:!0},clock:{state:!0}},Pt.styles=[Y,D`
      :host {
        display: grid;
        gap: 16px;
        max-width: 1360px;
        margin: 0 auto;
        padding: 14px 20px 48px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 48px;
      }
      h1 {
        margin: 0;
        font-size: 21px;
        font-weight: 680;
        line-height: 1.3;
      }
      .product {
        color: var(--quiet);
        font-size: 12px;
        letter-spacing: 0.06em;
      }
      .right {
        margin-left: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 392px);
        gap: 16px;
        align-items: start;
      }
      .side,
      .wide {
        display: grid;
        gap: 16px;
        min-width: 0;
      }
      .notice {
        background: var(--warn-soft);
        color: var(--text);
        border-radius: 10px;
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 980px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
        .side,
        .wide {
          display: contents;
        }
        building-now {
          order: -1;
        }
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
        }
        proof-check {
          order: 3;
        }
      }
      @media (max-width: 620px) {
        :host {
          padding: 8px 12px 32px;
          gap: 12px;
        }
        main {
          gap: 12px;
        }
        h1 {
          font-size: 18px;
        }
      }
    `];customElements.define("building-page",Pt);
